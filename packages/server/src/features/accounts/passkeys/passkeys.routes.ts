import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import type { PasskeysTable } from "../../../infrastructure/database/index.ts";
import { jsonResponse } from "../../../infrastructure/http/index.ts";
import { change, list, type ManagementRoute, read } from "../../../infrastructure/management/index.ts";
import { parse, type Route, readBody, text, time } from "../../../infrastructure/routes/index.ts";
import { requireAccount } from "../me.routes.ts";
import { requireOwnOrigin } from "../sessions/accept-sessions.ts";
import { challengeLifetime } from "./challenges.ts";
import { listPasskeys } from "./passkeys.queries.ts";
import { type Passkeys, userIdOf } from "./passkeys.ts";

const tag = "Accounts";
const accounts = ["account"] as const;

/** What the routes of passkeys need. */
export interface PasskeyRouteDependencies {
  readonly passkeys: Passkeys;
  readonly platformName: string;
  readonly publicUrl: string;
}

const bytes = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\w-]+$/, "must be base64url without padding");

const credential = {
  id: bytes(1_400),
  rawId: bytes(1_400),
  type: z.literal("public-key"),
  clientExtensionResults: z.object({}).default({}),
};

const registration = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes(4_000),
    attestationObject: bytes(20_000),
    transports: z.array(z.string().max(40)).max(10).default([]),
  }),
});

const assertion = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes(4_000),
    authenticatorData: bytes(4_000),
    signature: bytes(2_000),
    userHandle: bytes(200),
  }),
});

const passkeyResponse = z
  .object({
    passkeyId: z.string(),
    name: z.string(),
    createdAt: time,
    usedAt: time.nullable(),
  })
  .meta({ id: "Passkey", description: "A public key that an account signs in with" });

const seconds = { timeout: z.int().meta({ description: "Milliseconds" }), challenge: z.string() };

const creationOptions = z
  .object({
    ...seconds,
    rp: z.object({ id: z.string(), name: z.string() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    pubKeyCredParams: z.array(z.object({ type: z.literal("public-key"), alg: z.int() })),
    authenticatorSelection: z.object({
      residentKey: z.literal("required"),
      userVerification: z.literal("required"),
    }),
    attestation: z.literal("none"),
    excludeCredentials: z.array(z.object({ type: z.literal("public-key"), id: z.string() })),
  })
  .meta({
    id: "PasskeyCreationOptions",
    description: "For PublicKeyCredential.parseCreationOptionsFromJSON()",
  });

const requestOptions = z
  .object({ ...seconds, rpId: z.string(), userVerification: z.literal("required") })
  .meta({
    id: "PasskeyRequestOptions",
    description: "For PublicKeyCredential.parseRequestOptionsFromJSON()",
  });

/** EdDSA, ES256, RS256. */
const algorithms = [-8, -7, -257].map((alg) => ({ type: "public-key" as const, alg }));

/** The passkeys of the account that calls. */
export function passkeyRoutes(deps: PasskeyRouteDependencies): readonly ManagementRoute[] {
  const { passkeys } = deps;
  return [
    list({
      path: "/me/passkeys",
      tag,
      operationId: "listMyPasskeys",
      summary: "List the passkeys of the account that calls",
      scope: "accounts:read",
      accounts,
      item: passkeyResponse,
      find: ({ db, page, principal }) =>
        listPasskeys(db, { ...page, accountId: requireAccount(principal).accountId }),
      position: (passkey) => passkey.passkey_id,
      show: showPasskey,
    }),
    creationOptionsRoute(deps),
    change({
      method: "POST",
      path: "/me/passkeys",
      tag,
      operationId: "registerMyPasskey",
      summary: "Register a passkey that an authenticator created for the account that calls",
      scope: "accounts:write",
      accounts,
      errors: ["PASSKEY_INVALID", "PASSKEY_EXISTS", "TOO_MANY_PASSKEYS"],
      body: z.strictObject({ name: text(100), credential: registration }),
      response: passkeyResponse,
      prepare: ({ credential: given }, principal) =>
        passkeys.verifyRegistration(requireAccount(principal), given),
      async handle({ trx, actor, body: { name }, prepared, principal }) {
        const { accountId } = requireAccount(principal);
        return showPasskey(await passkeys.register(trx, actor, { ...prepared, accountId, name }));
      },
    }),
    change({
      method: "DELETE",
      path: "/me/passkeys/{passkeyId}",
      names: { passkeyId: bytes(1_400) },
      tag,
      operationId: "deleteMyPasskey",
      summary: "Delete a passkey of the account that calls",
      scope: "accounts:write",
      accounts,
      errors: ["PASSKEY_NOT_FOUND"],
      handle: ({ trx, actor, ids: { passkeyId }, principal }) =>
        passkeys.remove(trx, actor, { accountId: requireAccount(principal).accountId, passkeyId }),
    }),
  ];
}

function creationOptionsRoute({ passkeys, platformName }: PasskeyRouteDependencies): ManagementRoute {
  return read({
    path: "/me/passkey-options",
    tag,
    operationId: "getMyPasskeyOptions",
    summary: "Get the options with which an authenticator creates a passkey; valid for 5 minutes",
    scope: "accounts:read",
    accounts,
    response: creationOptions,
    async handle({ db, principal }) {
      const account = requireAccount(principal);
      const { accountId, email, name } = account;
      const existing = await listPasskeys(db, { accountId, after: "", limit: 100 });
      return {
        challenge: passkeys.challengeToRegister(account),
        timeout: challengeLifetime,
        rp: { id: passkeys.rpId, name: platformName },
        user: { id: userIdOf(accountId), name: email ?? name, displayName: name },
        pubKeyCredParams: algorithms,
        authenticatorSelection: { residentKey: "required" as const, userVerification: "required" as const },
        attestation: "none" as const,
        excludeCredentials: existing.map(({ passkey_id: id }) => ({ type: "public-key" as const, id })),
      };
    },
  });
}

/** Sign-in with a passkey, without knowing the account before. */
export function passkeySignInRoutes({ passkeys, publicUrl }: PasskeyRouteDependencies): readonly Route[] {
  const body = z.strictObject({ credential: assertion });
  return [
    {
      method: "POST",
      path: "/sign-in/passkey-options",
      access: { kind: "anyone" },
      tag,
      operationId: "createPasskeySignInOptions",
      summary: "Get the options with which an authenticator signs in; valid for 5 minutes",
      responses: { 200: { description: "The options", schema: requestOptions } },
      respond: async () =>
        jsonResponse({
          challenge: passkeys.challengeToSignIn(),
          timeout: challengeLifetime,
          rpId: passkeys.rpId,
          userVerification: "required",
        }),
    },
    {
      method: "POST",
      path: "/sign-in/passkey",
      access: { kind: "anyone" },
      tag,
      operationId: "signInWithPasskey",
      summary: "Sign in with a passkey: sets the cookie of a new session",
      body: { schema: body },
      responses: { 200: { description: "Signed in", schema: z.object({}) } },
      errors: [
        "PASSKEY_INVALID",
        "SIGN_IN_LIMITED",
        "SIGN_IN_FAILED",
        "LOCAL_SIGN_IN_OFF",
        "CROSS_ORIGIN_REQUEST",
      ],
      async respond(call) {
        requireOwnOrigin(call.request, publicUrl);
        const { credential: given } = parse(body, await readBody(call.request), "body");
        return jsonResponse({}, { headers: { "set-cookie": await passkeys.signIn(call, given) } });
      },
    },
  ];
}

function showPasskey(row: PasskeysTable): z.input<typeof passkeyResponse> {
  return {
    passkeyId: row.passkey_id,
    name: row.name,
    createdAt: isoTime(row.created_at),
    usedAt: row.used_at === null ? null : isoTime(row.used_at),
  };
}
