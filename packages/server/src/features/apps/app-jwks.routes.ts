import { createPublicKey } from "node:crypto";
import { canonicalGuid } from "@latchkey/protocol";
import { z } from "zod";
import type { Database } from "../../infrastructure/database/index.ts";
import { jsonResponse } from "../../infrastructure/http/index.ts";
import type { Route } from "../../infrastructure/routes/index.ts";
import { listAppPublicKeys } from "./app-keys.queries.ts";

const maxAgeSeconds = 300;

const appKeySet = z
  .object({
    keys: z.array(
      z.object({
        kid: z.string(),
        kty: z.literal("RSA"),
        alg: z.literal("RS256"),
        use: z.literal("sig"),
        n: z.string(),
        e: z.string(),
      }),
    ),
  })
  .meta({ id: "AppKeySet" });

/** The public JWKS of each app. */
export function appJwksRoutes({ database }: { database: Database }): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/apps/{appId}/.well-known/jwks.json",
      access: { kind: "anyone" },
      tag: "Apps",
      operationId: "getAppJwks",
      summary: "Get the keys that verify what the platform signs for an app (RFC 7517)",
      responses: { 200: { description: "The keys", schema: appKeySet } },
      errors: ["APP_NOT_FOUND"],
      async respond({ parameters }) {
        const appId = canonicalGuid(parameters.appId ?? "") ?? "";
        const keys = (await listAppPublicKeys(database.read, appId)).map(({ kid, public_key }) => ({
          ...createPublicKey(public_key).export({ format: "jwk" }),
          kid,
          alg: "RS256",
          use: "sig",
        }));
        return jsonResponse({ keys }, { headers: { "cache-control": `public, max-age=${maxAgeSeconds}` } });
      },
    },
  ];
}
