import { createHash } from "node:crypto";
import { z } from "zod";
import { ApiError } from "../errors/index.ts";

/** The header of a PATCH in the reference. */
export const preconditionHeader: z.ZodObject = z.object({
  "If-Match": z.string().optional().meta({
    description:
      "The ETag of the object that the caller has read: the change fails if it was changed meanwhile",
  }),
});

/** The header of a response in the reference. */
export const entityTagHeader = {
  ETag: "Changes with the fields that a PATCH may change; send it as If-Match",
} as const;

/**
 * The ETag of an object (RFC 9110 §8.8.3), computed from the fields that a PATCH may change: it is the same while only
 * counters or times change.
 *
 * @param fields the body of the PATCH
 */
export function entityTagOf(fields: z.ZodObject, object: unknown): string {
  const shown = new Map(Object.entries(object as object));
  const values = Object.keys(fields.shape).map((name) => [name, shown.get(name) ?? null]);
  return `"${createHash("sha256").update(JSON.stringify(values)).digest("base64url")}"`;
}

/** Throws `PRECONDITION_FAILED` unless `If-Match` names the tag, or is `*` (RFC 9110 §13.1.1). */
export function requireMatch(ifMatch: string, entityTag: string): void {
  const tags = ifMatch.split(",").map((tag) => tag.trim());
  if (!tags.includes("*") && !tags.includes(entityTag)) throw new ApiError("PRECONDITION_FAILED");
}
