import { invalidField } from "../errors/index.ts";

/**
 * Refuses ids and secrets that the caller chose, except in development, where the `.env` of an app may be used as it is.
 * Throws a violation.
 *
 * @param chosen the fields by their names in the request
 */
export function refuseOwnIds(
  development: boolean,
  chosen: Readonly<Record<string, string | undefined>>,
): void {
  if (development) return;
  for (const [field, value] of Object.entries(chosen)) {
    if (value === undefined) continue;
    throw invalidField(
      field,
      "must not be given: only a development server (LATCHKEY_ENV=development) takes it; in production the platform chooses it",
      "VALIDATION",
    );
  }
}
