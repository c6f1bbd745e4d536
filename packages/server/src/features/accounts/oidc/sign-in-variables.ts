import { z } from "zod";
import { OperatorError } from "../../../infrastructure/errors/index.ts";
import { isLoopback } from "../../../infrastructure/http/index.ts";
import type { GroupRole, IdentityProviderConfig } from "./identity-provider.ts";

/** How people sign in. */
export interface SignInConfig {
  /** Whether anybody may create an account. */
  readonly signUp: boolean;
  /** Whether people sign in with passwords and passkeys. */
  readonly localSignIn: boolean;
  readonly identityProvider?: IdentityProviderConfig;
}

const roles: readonly string[] = ["developer", "operator"] satisfies readonly GroupRole[];

interface Variables {
  readonly LATCHKEY_SIGN_UP?: "open" | "closed" | undefined;
  readonly LATCHKEY_LOCAL_SIGN_IN: "on" | "off";
  readonly LATCHKEY_OIDC_ISSUER?: string | undefined;
  readonly LATCHKEY_OIDC_CLIENT_ID?: string | undefined;
  readonly LATCHKEY_OIDC_CLIENT_SECRET?: string | undefined;
  readonly LATCHKEY_OIDC_CLIENT_SECRET_FILE?: string | undefined;
  readonly LATCHKEY_OIDC_GROUPS_CLAIM?: string | undefined;
  readonly LATCHKEY_OIDC_ROLE_MAP?: Map<string, GroupRole> | undefined;
}

/** The variables with their checks. A message completes a sentence that begins with the name of the variable. */
export const signInVariables: { readonly [Name in keyof Variables]-?: z.ZodType<Variables[Name]> } = {
  LATCHKEY_SIGN_UP: z.enum(["open", "closed"], "must be open or closed.").optional(),
  LATCHKEY_LOCAL_SIGN_IN: z.enum(["on", "off"], "must be on or off.").default("on"),
  LATCHKEY_OIDC_ISSUER: z
    .string()
    .refine((text) => URL.canParse(text) && /^https?:\/\/[^?#@]+$/.test(text), "must be an https URL.")
    .optional(),
  LATCHKEY_OIDC_CLIENT_ID: z.string().max(500).optional(),
  LATCHKEY_OIDC_CLIENT_SECRET: z.string().max(500).optional(),
  LATCHKEY_OIDC_CLIENT_SECRET_FILE: z.string().optional(),
  LATCHKEY_OIDC_GROUPS_CLAIM: z.string().max(200).optional(),
  LATCHKEY_OIDC_ROLE_MAP: z
    .string()
    .transform((text) => text.split(",").map((pair) => pair.trim().split("=")))
    .refine(
      (pairs) =>
        pairs.every(([group, role = "", ...more]) => group && roles.includes(role) && more.length === 0),
      "must be groups with their roles, such as admins=operator,engineers=developer.",
    )
    .transform((pairs) => new Map(pairs.map(([group = "", role]) => [group, role as GroupRole])))
    .optional(),
};

/** Reads how people sign in. Throws `invalid_configuration`. */
export function readSignInConfig(data: Variables, { development }: { development: boolean }): SignInConfig {
  const signUp = (data.LATCHKEY_SIGN_UP ?? (development ? "open" : "closed")) === "open";
  const localSignIn = data.LATCHKEY_LOCAL_SIGN_IN === "on";
  const { LATCHKEY_OIDC_ISSUER: issuer } = data;
  if (issuer === undefined) {
    if (!localSignIn)
      throw invalid("LATCHKEY_LOCAL_SIGN_IN=off needs LATCHKEY_OIDC_ISSUER: nobody could sign in.");
    return { signUp, localSignIn };
  }
  const { hostname, protocol } = new URL(issuer);
  if (protocol === "http:" && !(development && isLoopback(hostname))) {
    throw invalid(
      "LATCHKEY_OIDC_ISSUER must begin with https:// (http:// only for loopback, in development).",
    );
  }
  const { LATCHKEY_OIDC_CLIENT_ID: clientId, LATCHKEY_OIDC_CLIENT_SECRET: clientSecret } = data;
  if (clientId === undefined || clientSecret === undefined) {
    throw invalid("LATCHKEY_OIDC_ISSUER needs LATCHKEY_OIDC_CLIENT_ID and LATCHKEY_OIDC_CLIENT_SECRET.");
  }
  const { LATCHKEY_OIDC_GROUPS_CLAIM: groupsClaim, LATCHKEY_OIDC_ROLE_MAP: roleMap } = data;
  if ((groupsClaim === undefined) !== (roleMap === undefined)) {
    throw invalid("LATCHKEY_OIDC_GROUPS_CLAIM and LATCHKEY_OIDC_ROLE_MAP must be set together.");
  }
  return {
    signUp: signUp && localSignIn,
    localSignIn,
    identityProvider: { issuer, clientId, clientSecret, groupsClaim, roles: roleMap },
  };
}

function invalid(detail: string): OperatorError {
  return new OperatorError("invalid_configuration", detail);
}
