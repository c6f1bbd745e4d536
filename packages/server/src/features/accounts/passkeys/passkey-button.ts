import { type Html, html } from "../../../infrastructure/pages/index.ts";

interface PasskeyButton {
  readonly label: string;
  /** Shown when it did not work. */
  readonly failed: string;
  /** Path to continue at. */
  readonly next: string;
}

/** A button that signs in with a passkey. It is hidden until {@link passkeyScript} finds that the browser has passkeys. */
export function passkeyButton({ failed, label, next }: PasskeyButton): Html {
  return html`<div id="passkey" data-continue="${next}" hidden>
<p class="error" role="alert" hidden>${failed}</p>
<div class="actions"><button type="button" class="second">${label}</button></div>
</div>`;
}

/** The script of the page. */
export const passkeyScript = `
(() => {
  const place = document.getElementById("passkey");
  const [error, button] = [place.querySelector("p"), place.querySelector("button")];
  const post = async (path, body) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(response.statusText);
    return await response.json();
  };
  button.addEventListener("click", async () => {
    error.hidden = true;
    try {
      const options = await post("/sign-in/passkey-options", {});
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
      const credential = await navigator.credentials.get({ publicKey });
      await post("/sign-in/passkey", { credential: credential.toJSON() });
      location.assign(place.dataset.continue);
    } catch {
      error.hidden = false;
    }
  });
  place.hidden = globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === undefined;
})();
`;
