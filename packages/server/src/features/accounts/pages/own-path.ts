import { z } from "zod";

/**
 * A path of this server, to continue at. No browser reads it as another origin: it begins with one slash, and has no
 * backslash and no control character.
 */
export const ownPath: z.ZodType<string, string> = z
  .string()
  .max(16_000)
  .regex(/^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/, "must be a path of this server");
