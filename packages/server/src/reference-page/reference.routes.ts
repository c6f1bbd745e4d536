import { createHash } from "node:crypto";
import { Hono } from "hono";
import { type HttpEnv, jsonResponse } from "../http/index.ts";
import type { OpenApiDocument } from "../management/index.ts";
import { referencePage } from "./reference-page.ts";
import { style } from "./style.ts";

const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** `GET /openapi.json` for programs and `GET /docs` for people. */
export function referenceRoutes(document: OpenApiDocument): Hono<HttpEnv> {
  const page = referencePage(document);
  const routes = new Hono<HttpEnv>();
  routes.get("/openapi.json", () => jsonResponse(document));
  routes.get(
    "/docs",
    () =>
      new Response(page, {
        headers: {
          "content-type": "text/html; charset=utf-8",
          "content-security-policy": contentSecurityPolicy,
          "referrer-policy": "no-referrer",
          "x-content-type-options": "nosniff",
        },
      }),
  );
  return routes;
}
