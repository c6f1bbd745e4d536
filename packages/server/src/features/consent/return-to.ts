import { ApiError } from "../../infrastructure/errors/index.ts";
import { type App, repeatedParameter } from "../apps/index.ts";

/** Where a person goes after the decision about an app: an address that the app has registered, or the page of the site. */
export type ReturnTo =
  | { readonly kind: "dashboard"; readonly url: string }
  | { readonly kind: "app-installer"; readonly url: string }
  | {
      readonly kind: "legacy";
      readonly url: string;
      readonly state?: string | undefined;
      readonly codeChallenge?: string | undefined;
    };

/** Throws `REDIRECT_NOT_REGISTERED` unless {@link isRegistered}. */
export function requireRegistered(app: App, returnTo: ReturnTo): void {
  if (!isRegistered(app, returnTo)) throw new ApiError("REDIRECT_NOT_REGISTERED");
}

/** Whether an address is of the dashboard, or the app has registered it, which is compared character by character. */
export function isRegistered({ legacy, postInstallationUrls }: App, { kind, url }: ReturnTo): boolean {
  if (kind === "dashboard") return true;
  return kind === "legacy"
    ? (legacy?.redirectUrls.includes(url) ?? false)
    : isPostInstallationUrl(postInstallationUrls, url);
}

/** A registered address may have a query of the app's own, unless it is registered with one. */
function isPostInstallationUrl(registered: readonly string[], address: string): boolean {
  const [path = ""] = address.split("?", 1);
  if (address.includes("#") || !(registered.includes(path) || registered.includes(address))) return false;
  return repeatedParameter(address, "postInstallationUrl") === undefined;
}

/** The address to which a person returns after canceling. */
export function refusedAddress(
  returnTo: ReturnTo,
  { appId, issuer }: { appId: string; issuer: string },
): string {
  if (returnTo.kind === "dashboard") return returnTo.url;
  const error = "access_denied";
  return returnTo.kind === "legacy"
    ? withParameters(returnTo.url, { error, state: returnTo.state, iss: issuer })
    : withParameters(returnTo.url, { appId, error });
}

/** Adds parameters to an address. Its query stays as it is. */
export function withParameters(
  address: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const url = new URL(address);
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  url.search = [url.search.slice(1), new URLSearchParams(given).toString()].filter(Boolean).join("&");
  return url.href;
}
