import type { FieldViolation } from "@latchkey/protocol";
import { ValidationError } from "../../../infrastructure/errors/index.ts";
import { pageAddressViolation } from "../../../infrastructure/routes/index.ts";

/** The legacy flow of an app. */
export interface LegacyFlow {
  /** The page that `/installer/start` opens with a token. */
  readonly appUrl: string;
  /** Addresses to which `/installer/install` may redirect with a code. Compared character by character. */
  readonly redirectUrls: readonly string[];
}

/** Addresses that an app registers. They are stored unchanged, because they are compared as strings. */
interface RegisteredAddresses {
  readonly legacy?: LegacyFlow | null | undefined;
  readonly postInstallationUrls?: readonly string[] | undefined;
}

/**
 * Throws a violation for each address that is not https, has a fragment, or has a user name or password.
 *
 * @param options.loopback whether `http` is allowed for loopback addresses
 */
export function requireAddresses(
  { legacy, postInstallationUrls = [] }: RegisteredAddresses,
  options: { readonly loopback: boolean },
): void {
  const { appUrl, redirectUrls = [] } = legacy ?? {};
  const named = [
    ...(appUrl === undefined ? [] : [["legacy.appUrl", appUrl] as const]),
    ...redirectUrls.map((url, index) => [`legacy.redirectUrls[${index}]`, url] as const),
    ...postInstallationUrls.map((url, index) => [`postInstallationUrls[${index}]`, url] as const),
  ];
  const violations = named.flatMap(([field, url]): FieldViolation[] => {
    const description = pageAddressViolation(url, options);
    return description === undefined ? [] : [{ field, description, violatedRule: "FORMAT" }];
  });
  if (violations.length > 0) throw new ValidationError(violations);
}
