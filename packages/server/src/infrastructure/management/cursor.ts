import { timingSafeEqual } from "node:crypto";
import { decodeBase64url, encodeBase64url } from "@latchkey/protocol";
import type { Vault } from "../crypto/index.ts";
import { ApiError } from "../errors/index.ts";

const macBytes = 16;

/**
 * Encodes the position where a list continues, with a MAC that makes the cursor valid for this list only.
 *
 * @param list the operation, path parameters, filters and bound app of the list
 */
export function writeCursor(vault: Vault, list: string, position: string): string {
  const mac = macOf(vault.digest(signed(list, position)));
  return encodeBase64url(Buffer.concat([mac, Buffer.from(position)]));
}

/** Throws `INVALID_CURSOR` for a cursor of another list and for an altered cursor. */
export function readCursor(vault: Vault, list: string, cursor: string): string {
  const bytes = decodeBase64url(cursor);
  if (bytes === undefined || bytes.length <= macBytes) throw new ApiError("INVALID_CURSOR");
  const position = Buffer.from(bytes.subarray(macBytes)).toString();
  const mac = bytes.subarray(0, macBytes);
  const valid = vault.digests(signed(list, position)).some((digest) => timingSafeEqual(macOf(digest), mac));
  if (!valid) throw new ApiError("INVALID_CURSOR");
  return position;
}

function signed(list: string, position: string): string {
  return JSON.stringify(["cursor", list, position]);
}

function macOf(digest: string): Buffer {
  return Buffer.from(digest, "hex").subarray(0, macBytes);
}
