import { createHash } from "node:crypto";
import { z } from "zod";
import { jsonTextResponse } from "../../infrastructure/http/index.ts";
import { seeOther } from "../../infrastructure/pages/index.ts";
import type { OpenApiDocument, Route } from "../../infrastructure/routes/index.ts";
import { referencePage } from "./reference-page.ts";
import { searchScript } from "./search-script.ts";
import { startPage } from "./start-page.ts";
import { style } from "./style.ts";

interface ReferenceOptions {
  readonly describe: () => Promise<OpenApiDocument>;
  readonly dashboard?: string | undefined;
}

const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src '${hashOf(style)}'`,
  `script-src '${hashOf(searchScript)}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/**
 * `GET /`, the start page, `GET /openapi.json`, the OpenAPI document, and `GET /docs`, the reference page.
 *
 * @param options.describe creates the document; called once, at the first request for either
 * @param options.dashboard the path to which `/` leads instead of showing the start page
 */
export function referenceRoutes(options: ReferenceOptions): readonly Route[] {
  const { dashboard, describe } = options;
  // Bytes, so that a request without a token costs no serialization, and waiting responses share their memory.
  let encoded: ReturnType<typeof encode> | undefined;
  const read = () => (encoded ??= encode(describe));
  const page = { method: "GET", access: { kind: "anyone" }, tag: "Reference" } as const;
  return [
    {
      ...page,
      path: "/",
      operationId: "getStartPage",
      summary: "Get the dashboard; without it, links to the reference and a first command",
      responses: {
        200: { description: "The page", schema: z.string(), contentType: "text/html" },
        303: { description: "The dashboard", headers: { location: "Its address" } },
      },
      respond: async () =>
        dashboard === undefined ? new Response(startPage, { headers: pageHeaders }) : seeOther(dashboard),
    },
    {
      ...page,
      path: "/openapi.json",
      operationId: "getOpenApiDocument",
      summary: "Get this reference as an OpenAPI document",
      responses: { 200: { description: "The document", schema: z.record(z.string(), z.unknown()) } },
      respond: async () => jsonTextResponse((await read()).json),
    },
    {
      ...page,
      path: "/docs",
      operationId: "getReferencePage",
      summary: "Get this reference as a page",
      responses: { 200: { description: "The page", schema: z.string(), contentType: "text/html" } },
      respond: async () => new Response((await read()).html, { headers: pageHeaders }),
    },
  ];
}

async function encode(describe: ReferenceOptions["describe"]) {
  const document = await describe();
  const encoder = new TextEncoder();
  return { json: encoder.encode(JSON.stringify(document)), html: encoder.encode(referencePage(document)) };
}

const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": contentSecurityPolicy,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};
