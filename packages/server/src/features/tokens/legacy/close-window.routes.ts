import { hash } from "node:crypto";
import { z } from "zod";
import type { Route } from "../../../infrastructure/routes/index.ts";

// The address has an access token. The script removes it from the history, no `Referer` has it, and the page that
// opened the window gets no message.
const script = 'history.replaceState(null,"",location.pathname);window.close()';
const title = "The app is installed";
const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<script>${script}</script>
<h1>${title}</h1>
<p>You can close this window.</p>
</html>
`;

const headers = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": [
    "default-src 'none'",
    `script-src 'sha256-${hash("sha256", script, "base64")}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Pages of the legacy flow that are the same for everyone. */
export const legacyPageRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/installer/close-window",
    access: { kind: "anyone" },
    tag: "Instances",
    operationId: "closeWindow",
    summary: "Close the window in which an app was installed",
    query: z.object({
      access_token: z.string().optional().meta({ description: "Ignored, and removed from the address" }),
    }),
    responses: { 200: { description: "The page", schema: z.string(), contentType: "text/html" } },
    respond: async () => new Response(html, { headers }),
  },
];
