import { createHash } from "node:crypto";
import { z } from "zod";
import { jsonResponse } from "../../infrastructure/http/index.ts";
import type { OpenApiDocument, Route } from "../../infrastructure/routes/index.ts";
import { referencePage } from "./reference-page.ts";
import { startPage } from "./start-page.ts";
import { style } from "./style.ts";

const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * `GET /`, the start page, `GET /openapi.json`, the OpenAPI document, and `GET /docs`, the reference page.
 *
 * @param describe creates the document; called once, at the first request
 */
export function referenceRoutes(describe: () => Promise<OpenApiDocument>): readonly Route[] {
  let document: Promise<OpenApiDocument> | undefined;
  let text: Promise<string> | undefined;
  const readDocument = (): Promise<OpenApiDocument> => (document ??= describe());
  const readPage = (): Promise<string> => (text ??= readDocument().then(referencePage));
  const page = { method: "GET", access: { kind: "anyone" }, tag: "Reference" } as const;
  return [
    {
      ...page,
      path: "/",
      operationId: "getStartPage",
      summary: "Get links to the reference and a first command",
      responses: { 200: { description: "The page", schema: z.string(), contentType: "text/html" } },
      respond: async () => new Response(startPage, { headers: pageHeaders }),
    },
    {
      ...page,
      path: "/openapi.json",
      operationId: "getOpenApiDocument",
      summary: "Get this reference as an OpenAPI document",
      responses: { 200: { description: "The document", schema: z.record(z.string(), z.unknown()) } },
      respond: async () => jsonResponse(await readDocument()),
    },
    {
      ...page,
      path: "/docs",
      operationId: "getReferencePage",
      summary: "Get this reference as a page",
      responses: { 200: { description: "The page", schema: z.string(), contentType: "text/html" } },
      respond: async () => new Response(await readPage(), { headers: pageHeaders }),
    },
  ];
}

const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": contentSecurityPolicy,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};
