import { createPublicKey } from "node:crypto";
import { canonicalGuid } from "@latchkey/protocol";
import { Hono } from "hono";
import type { Database, Queries } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { type HttpEnv, jsonResponse } from "../../infrastructure/http/index.ts";

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

/** Where an app finds its public keys by `kid`; whoever has its id may read them. */
export function appJwksRoutes({ database }: { database: Database }): Hono<HttpEnv> {
  return new Hono<HttpEnv>().get("/apps/:appId/.well-known/jwks.json", async (c) => {
    const jwks = await readAppJwks(database.read, canonicalGuid(c.req.param("appId")));
    return jsonResponse(jwks, { headers: { "cache-control": `public, max-age=${maxAgeSeconds}` } });
  });
}
