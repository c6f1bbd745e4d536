import type { Queries } from "../../infrastructure/database/index.ts";
import { listSigningKeys, signingKeyState } from "./signing-keys.ts";

/** The platform's public keys (RFC 7517): announced, active and retired ones; never a private member. */
export async function readJwks(db: Queries, now: number): Promise<{ keys: unknown[] }> {
  const keys = await listSigningKeys(db);
  const published = keys.filter((key) => signingKeyState(key, now) !== "removed");
  return { keys: published.map((key) => JSON.parse(key.public_jwk)) };
}
