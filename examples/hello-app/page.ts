import { type App, LatchkeyError } from "@latchkey/sdk";
import type { Log } from "./hello-app.ts";

/** Renders the app's page in the dashboard of a site, with the newest products. */
export async function showPage(app: App, log: Log, request: Request): Promise<Response> {
  try {
    const { instance, instanceId, permissions, userId } = await app.authenticate.page(request);
    log(`showed its page to ${userId ?? "an anonymous visitor"}`, instanceId);
    const { items } = await instance.products.queryProducts().descending("lastUpdated").limit(5).find();
    const list = items.map(({ name }) => `<li>${escaped(name)}</li>`).join("");
    const role = permissions === "" ? "a guest" : permissions;
    return html(
      200,
      `<h1>Hello, ${escaped(userId ?? "you")}</h1><p>You are ${escaped(role)}.</p><ul>${list}</ul>`,
    );
  } catch (error) {
    if (!LatchkeyError.is(error, "invalid_instance_parameter")) throw error;
    return html(401, `<p>${escaped(error.message)} Open this page from the dashboard of your site.</p>`);
  }
}

function html(status: number, body: string): Response {
  return new Response(`<!doctype html><meta charset="utf-8"><title>Hello App</title>${body}`, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      // The URL contains the instance parameter. The page sends it to no other site, and runs no scripts.
      "referrer-policy": "no-referrer",
      "content-security-policy": "default-src 'none'",
    },
  });
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
