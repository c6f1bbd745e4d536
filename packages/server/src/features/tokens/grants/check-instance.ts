import { OAuthError } from "../../../infrastructure/errors/index.ts";
import type { MintRow } from "../tokens.queries.ts";

type FoundColumn = Exclude<keyof MintRow, "expires_at" | "compromised_at" | "token_format">;

/** A {@link MintRow} in which every part was found. */
export type InstalledRow = MintRow & { readonly [Column in FoundColumn]: NonNullable<MintRow[Column]> };

/**
 * Checks the instance of a token request whose client is authenticated. The error is the same for an unknown, removed
 * or suspended instance and for one of another app; the token log has the reason.
 */
export function checkInstance(row: MintRow): asserts row is InstalledRow {
  if (row.instance_id === null || row.state !== "installed") {
    throw new OAuthError("invalid_grant", "The app has no instance with this instance_id.", {
      status: 404,
      reason: row.state === null ? "unknown_instance" : `instance_${row.state}`,
    });
  }
  if (row.kid === null) throw new Error("No signing key is active.");
}

/** Returns the generation of a token that acts as the app. */
export function generationOf(row: InstalledRow): readonly [platform: number, app: number, instance: number] {
  return [row.platform_gen, row.app_gen, row.instance_gen];
}
