import { createHash } from "node:crypto";
import { Hono } from "hono";
import { type HttpEnv, jsonResponse } from "../../infrastructure/http/index.ts";
import type { OpenApiDocument } from "../../infrastructure/routes/index.ts";
import { referencePage } from "./reference-page.ts";
import { style } from "./style.ts";

const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * `GET /openapi.json` for programs and `GET /docs` for people.
 *
 * @param describe is asked once, by the first who looks: in most processes nobody does
 */
export function referenceRoutes(describe: () => Promise<OpenApiDocument>): Hono<HttpEnv> {
  let document: Promise<OpenApiDocument> | undefined;
  let page: Promise<string> | undefined;
  const readDocument = (): Promise<OpenApiDocument> => (document ??= describe());
  const readPage = (): Promise<string> => (page ??= readDocument().then(referencePage));
  const routes = new Hono<HttpEnv>();
  routes.get("/openapi.json", async () => jsonResponse(await readDocument()));
  routes.get(
    "/docs",
    async () =>
      new Response(await readPage(), {
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
