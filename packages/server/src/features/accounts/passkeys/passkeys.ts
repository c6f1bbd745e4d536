import { decodeBase64url } from "@latchkey/protocol";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import type { PasskeysTable, Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import type { AccountPrincipal, Actor } from "../../../infrastructure/management/index.ts";
import type { RouteCall } from "../../../infrastructure/routes/index.ts";
import { networkOf } from "../account.ts";
import { lockAccount } from "../accounts.queries.ts";
import type { Accounts } from "../accounts.ts";
import type { SessionDependencies } from "../sessions/sessions.ts";
import { Challenges } from "./challenges.ts";
import { deletePasskey, findPasskey, insertPasskey, listPasskeys, raiseCounter } from "./passkeys.queries.ts";

const maxPasskeys = 20;
const forSignIn = "sign in";

type Registrant = Pick<AccountPrincipal, "accountId" | "sessionId">;

/** A passkey whose registration was verified. */
interface VerifiedPasskey {
  readonly challenge: string;
  readonly passkey: Pick<PasskeysTable, "passkey_id" | "public_key" | "counter" | "transports">;
}

/** Passkeys (WebAuthn): public keys of authenticators that sign in without a password. User verification is required. */
export class Passkeys {
  /** The RP ID: the host of the public URL. Passkeys work only there. */
  readonly rpId: string;
  readonly #deps: SessionDependencies & { readonly accounts: Accounts };
  readonly #challenges: Challenges;

  constructor(deps: SessionDependencies & { accounts: Accounts }) {
    this.#deps = deps;
    this.rpId = new URL(deps.publicUrl).hostname;
    this.#challenges = new Challenges(deps);
  }

  challengeToSignIn(): string {
    return this.#challenges.create(forSignIn);
  }

  challengeToRegister({ sessionId }: Registrant): string {
    return this.#challenges.create(registerIn(sessionId));
  }

  /** Verifies what an authenticator created. Throws `PASSKEY_INVALID`. */
  async verifyRegistration(
    { sessionId }: Registrant,
    response: RegistrationResponseJSON,
  ): Promise<VerifiedPasskey> {
    const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
    const { decodeAttestationObject } = await import("@simplewebauthn/server/helpers");
    try {
      requireSameFrame(response.response.clientDataJSON);
      const bytes = Buffer.from(response.response.attestationObject, "base64url");
      const attestation = decodeAttestationObject(new Uint8Array(bytes));
      // No attestation was requested, and the library would send requests to addresses in its certificates.
      if (attestation.get("attStmt").get("x5c") !== undefined) throw new Error("attestation");
      if (!["none", "packed"].includes(attestation.get("fmt"))) throw new Error("attestation");
      let challenge = "";
      const { registrationInfo, verified } = await verifyRegistrationResponse({
        response,
        expectedChallenge: (given) => {
          challenge = given;
          return this.#challenges.isValid(given, registerIn(sessionId));
        },
        expectedOrigin: this.#deps.publicUrl,
        expectedRPID: this.rpId,
        requireUserVerification: true,
      });
      if (!verified) throw new Error("not verified");
      const { counter, id, publicKey } = registrationInfo.credential;
      return {
        challenge,
        passkey: {
          passkey_id: id,
          public_key: Buffer.from(publicKey).toString("base64url"),
          counter,
          transports: JSON.stringify(response.response.transports ?? []),
        },
      };
    } catch (cause) {
      throw new ApiError("PASSKEY_INVALID", { cause });
    }
  }

  /** Throws `PASSKEY_INVALID` for a challenge that was used before, `PASSKEY_EXISTS`, `TOO_MANY_PASSKEYS`. */
  async register(
    trx: Write,
    actor: Actor,
    { accountId, challenge, name, passkey }: VerifiedPasskey & { accountId: string; name: string },
  ): Promise<PasskeysTable> {
    if ((await lockAccount(trx, accountId)) === undefined) throw new ApiError("UNAUTHENTICATED");
    if (!(await this.#challenges.use(trx, challenge))) throw new ApiError("PASSKEY_INVALID");
    const existing = await listPasskeys(trx, { accountId, after: "", limit: maxPasskeys });
    if (existing.length >= maxPasskeys) throw new ApiError("TOO_MANY_PASSKEYS");
    const row = {
      ...passkey,
      account_id: accountId,
      name,
      created_at: this.#deps.clock.now(),
      used_at: null,
    };
    await insertPasskey(trx, row);
    const details = { accountId, passkeyId: row.passkey_id, name };
    await this.#deps.audit.append(trx, actor, { action: "passkey.registered", details });
    return row;
  }

  /** Throws `PASSKEY_NOT_FOUND`. */
  async remove(trx: Write, actor: Actor, passkey: { accountId: string; passkeyId: string }): Promise<void> {
    if (!(await deletePasskey(trx, passkey))) throw new ApiError("PASSKEY_NOT_FOUND");
    await this.#deps.audit.append(trx, actor, { action: "passkey.deleted", details: passkey });
  }

  /**
   * Signs in with a discoverable passkey. Returns the value of `Set-Cookie`. Throws `SIGN_IN_LIMITED`,
   * `SIGN_IN_FAILED`, `LOCAL_SIGN_IN_OFF`, and `PASSKEY_INVALID` for an unknown passkey, a wrong signature, a used
   * challenge or a counter that does not rise.
   */
  async signIn(
    call: Pick<RouteCall, "exchange" | "request">,
    response: AuthenticationResponseJSON,
  ): Promise<string> {
    const { accounts, clock, database } = this.#deps;
    accounts.requireLocalSignIn();
    const attempt = { email: response.id, network: networkOf(call.exchange) };
    accounts.limits.begin(attempt);
    const passkey = await findPasskey(database.read, response.id);
    const verified = await this.#verify(passkey, response).catch((error: unknown) => {
      accounts.limits.failed(attempt);
      throw error;
    });
    accounts.limits.forget(attempt);
    const { account_id: accountId, passkey_id: passkeyId } = verified.passkey;
    return await accounts.startSession(call, { accountId, method: "passkey" }, async (trx) => {
      if (!(await this.#challenges.use(trx, verified.challenge))) throw new ApiError("PASSKEY_INVALID");
      const counter = { passkeyId, counter: verified.counter, now: clock.now() };
      if (!(await raiseCounter(trx, counter))) throw new ApiError("PASSKEY_INVALID");
    });
  }

  async #verify(
    passkey: PasskeysTable | undefined,
    response: AuthenticationResponseJSON,
  ): Promise<{ passkey: PasskeysTable; challenge: string; counter: number }> {
    const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
    try {
      if (passkey === undefined) throw new Error("unknown");
      requireSameFrame(response.response.clientDataJSON);
      const { userHandle } = response.response;
      if (userHandle === undefined || userIdOf(passkey.account_id) !== userHandle) throw new Error("user");
      let challenge = "";
      const { authenticationInfo, verified } = await verifyAuthenticationResponse({
        response,
        expectedChallenge: (given) => {
          challenge = given;
          return this.#challenges.isValid(given, forSignIn);
        },
        expectedOrigin: this.#deps.publicUrl,
        expectedRPID: this.rpId,
        requireUserVerification: true,
        credential: {
          id: passkey.passkey_id,
          publicKey: new Uint8Array(Buffer.from(passkey.public_key, "base64url")),
          counter: passkey.counter,
        },
      });
      if (!verified) throw new Error("signature");
      return { passkey, challenge, counter: authenticationInfo.newCounter };
    } catch (cause) {
      throw new ApiError("PASSKEY_INVALID", { cause });
    }
  }
}

/** The user id that authenticators keep, in base64url: the account's id. */
export function userIdOf(accountId: string): string {
  return Buffer.from(accountId).toString("base64url");
}

function registerIn(sessionId: string): string {
  return `register ${sessionId}`;
}

/** A page of another origin must not use passkeys in a frame of ours. */
function requireSameFrame(clientDataJson: string): void {
  const bytes = decodeBase64url(clientDataJson);
  const data = JSON.parse(Buffer.from(bytes ?? []).toString()) as { crossOrigin?: unknown };
  if (data.crossOrigin !== undefined && data.crossOrigin !== false) throw new Error("frame");
}
