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

/** The parameters that the platform adds to an address of each kind. An app could read its own one in place of them. */
const addedParameters = {
  appUrl: ["token"],
  redirectUrl: ["code", "state", "instanceId", "iss", "granted", "error"],
  postInstallationUrl: ["appId", "tenantId", "instanceId", "signedInstance", "granted", "error"],
} as const;

/** Returns the first parameter of an address that the platform adds itself. */
export function repeatedParameter(address: string, kind: keyof typeof addedParameters): string | undefined {
  const { searchParams } = new URL(address);
  return addedParameters[kind].find((name) => searchParams.has(name));
}

/**
 * Throws a violation for each address that is not https, has a fragment, a user name or password, or a parameter that the
 * platform adds.
 *
 * @param options.loopback whether `http` is allowed for loopback addresses
 */
export function requireAddresses(
  { legacy, postInstallationUrls = [] }: RegisteredAddresses,
  options: { readonly loopback: boolean },
): void {
  const { appUrl, redirectUrls = [] } = legacy ?? {};
  const named = [
    ...(appUrl === undefined ? [] : [["legacy.appUrl", appUrl, "appUrl"] as const]),
    ...redirectUrls.map((url, index) => [`legacy.redirectUrls[${index}]`, url, "redirectUrl"] as const),
    ...postInstallationUrls.map(
      (url, index) => [`postInstallationUrls[${index}]`, url, "postInstallationUrl"] as const,
    ),
  ];
  const violations = named.flatMap(([field, url, kind]): FieldViolation[] => {
    const description = pageAddressViolation(url, options) ?? repetition(url, kind);
    return description === undefined ? [] : [{ field, description, violatedRule: "FORMAT" }];
  });
  if (violations.length > 0) throw new ValidationError(violations);
}

function repetition(url: string, kind: keyof typeof addedParameters): string | undefined {
  const name = repeatedParameter(url, kind);
  return name === undefined ? undefined : `must not have the parameter ${name}, which the platform adds`;
}
