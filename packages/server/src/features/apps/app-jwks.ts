import { createPublicKey } from "node:crypto";
import { canonicalGuid } from "@latchkey/protocol";
import { z } from "zod";
import type { Database, Queries } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { jsonResponse } from "../../infrastructure/http/index.ts";
import type { Route } from "../../infrastructure/routes/index.ts";

const maxAgeSeconds = 300;

/** An app's public keys (RFC 7517): with them it checks what the platform signs for it alone. Throws `APP_NOT_FOUND`. */
async function readAppJwks(db: Queries, appId: string | undefined): Promise<{ keys: unknown[] }> {
  const rows = await db
    .selectFrom("app_keys")
    .innerJoin("apps", "apps.app_id", "app_keys.app_id")
    .select(["app_keys.kid", "app_keys.public_key"])
    .where("app_keys.app_id", "=", appId ?? "")
    .where("apps.deleted_at", "is", null)
    .orderBy("app_keys.created_at")
    .execute();
  if (rows.length === 0) throw new ApiError("APP_NOT_FOUND");
  const keys = rows.map(({ kid, public_key }) => ({
    ...createPublicKey(public_key).export({ format: "jwk" }),
    ...{ kid, alg: "RS256", use: "sig" },
  }));
  return { keys };
}

/** Public: an app finds its keys by `kid`. */
export function appJwksRoutes({ database }: { database: Database }): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/apps/{appId}/.well-known/jwks.json",
      access: { kind: "anyone" },
      tag: "Apps",
      operationId: "getAppJwks",
      summary: "Get the keys that verify what the platform signs for an app (RFC 7517)",
      responses: { 200: { description: "The keys", schema: appJwks } },
      errors: ["APP_NOT_FOUND"],
      async respond({ parameters }) {
        const jwks = await readAppJwks(database.read, canonicalGuid(parameters.appId ?? ""));
        return jsonResponse(jwks, { headers: { "cache-control": `public, max-age=${maxAgeSeconds}` } });
      },
    },
  ];
}

const appJwks = z
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
