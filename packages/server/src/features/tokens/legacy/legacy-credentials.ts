import { codePrefix, formatSecret, installTokenPrefix, type SecretPrefix } from "@latchkey/protocol";
import { minutes } from "../../../infrastructure/clock/index.ts";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import type {
  LegacyInstallTokensTable,
  Queries,
  RandomBytes,
  Write,
} from "../../../infrastructure/database/index.ts";
import {
  findInstallToken,
  insertCode,
  insertInstallToken,
  markInstallTokenUsed,
  readInstanceGeneration,
} from "./legacy.queries.ts";

const lifetime = minutes(10);

/** The account that uses an install token, and the app that it uses it for. */
export interface InstallTokenUse {
  readonly token: string;
  readonly appId: string;
  readonly accountId: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Why an install token is refused. `other_account`: it was made for another account than the one that is signed in. */
export type InstallTokenError = "unknown" | "other_app" | "other_account" | "used" | "expired";

/** The site of a valid install token, or why it is refused. */
export type InstallTokenCheck =
  | { readonly siteId: string; readonly accountId: string }
  | { readonly error: InstallTokenError };

/** Creates the credentials of the legacy flow that pass through a browser. Each is valid for 10 minutes and used once. */
export class LegacyCredentials {
  readonly #vault: Vault;
  readonly #random: RandomBytes;

  constructor({ random, vault }: { random: RandomBytes; vault: Vault }) {
    this.#vault = vault;
    this.#random = random;
  }

  /** Creates a `token` for the App URL, for one account that installs one app on one site. */
  async issueInstallToken(
    trx: Write,
    { accountId, appId, now, siteId }: { appId: string; siteId: string; accountId: string; now: number },
  ): Promise<string> {
    const { digest, value } = this.#create(installTokenPrefix);
    await insertInstallToken(trx, {
      digest,
      app_id: appId,
      site_id: siteId,
      account_id: accountId,
      expires_at: now + lifetime,
    });
    return value;
  }

  /** Checks an install token without using it, to show the page that installs the app. */
  async readInstallToken(db: Queries, use: InstallTokenUse): Promise<InstallTokenCheck> {
    const stored = await findInstallToken(db, this.#vault.digests(use.token));
    const error = errorOf(stored, use);
    if (error !== undefined || stored === undefined) return { error: error ?? "unknown" };
    return { siteId: stored.site_id, accountId: stored.account_id };
  }

  /** Uses an install token, once. A refused token stays as it is. */
  async useInstallToken(trx: Write, use: InstallTokenUse): Promise<InstallTokenCheck> {
    const check = await this.readInstallToken(trx, use);
    if ("error" in check) return check;
    const used = await markInstallTokenUsed(trx, { ...use, digests: this.#vault.digests(use.token) });
    return used ? check : { error: "used" };
  }

  /**
   * Creates a code that the app exchanges for tokens of the instance. Throws `INSTANCE_NOT_FOUND`.
   *
   * @param request.redirectUrl where the code is sent; the caller has checked that it is registered
   * @param request.codeChallenge challenge of PKCE with the method S256; the app must then send the verifier
   */
  async issueCode(
    trx: Write,
    request: {
      appId: string;
      instanceId: string;
      redirectUrl: string;
      codeChallenge?: string | undefined;
      now: number;
    },
  ): Promise<string> {
    const { appId, codeChallenge, instanceId, now, redirectUrl } = request;
    const { digest, value } = this.#create(codePrefix);
    await insertCode(trx, {
      digest,
      app_id: appId,
      instance_id: instanceId,
      instance_gen: await readInstanceGeneration(trx, { appId, instanceId }),
      redirect_url: redirectUrl,
      code_challenge: codeChallenge ?? null,
      expires_at: now + lifetime,
    });
    return value;
  }

  #create(prefix: SecretPrefix): { value: string; digest: string } {
    const value = formatSecret(this.#random(32), prefix);
    return { value, digest: this.#vault.digest(value) };
  }
}

function errorOf(
  stored: LegacyInstallTokensTable | undefined,
  { accountId, appId, now }: InstallTokenUse,
): InstallTokenError | undefined {
  if (stored === undefined) return "unknown";
  if (stored.app_id !== appId) return "other_app";
  if (stored.account_id !== accountId) return "other_account";
  if (stored.used_at !== null) return "used";
  return stored.expires_at <= now ? "expired" : undefined;
}
