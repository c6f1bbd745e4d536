import { importInstanceKey, writeInstanceParameter } from "@latchkey/protocol";
import { createCache } from "../../infrastructure/cache/index.ts";
import { type Clock, hours, isoTime } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Queries } from "../../infrastructure/database/index.ts";
import { readPrimarySecret } from "../apps/index.ts";
import type { Instance } from "../instances/index.ts";
import { findOwner, readMember } from "../sites/index.ts";

/** Lifetime of the instance parameter. It is long, because an open page never gets a new one. */
const parameterLifetime = hours(4);
const cachedKeys = 1_000;

/** Signs instance parameters, which prove an instance and an account to its app (wire §6). Imported keys are cached by secret. */
export class InstanceParameters {
  readonly #clock: Clock;
  readonly #vault: Vault;
  readonly #keys = createCache<string, Promise<CryptoKey>>({ maxEntries: cachedKeys });

  constructor({ clock, vault }: { clock: Clock; vault: Vault }) {
    this.#clock = clock;
    this.#vault = vault;
  }

  /**
   * Throws `MEMBER_NOT_FOUND`.
   *
   * @param accountId undefined when no user is signed in
   * @returns the parameter, and when it expires in epoch milliseconds
   */
  async sign(
    db: Queries,
    { appId, instanceId, originInstanceId, siteId }: Instance,
    accountId: string | undefined,
  ): Promise<{ instance: string; expiresAt: number }> {
    const member = accountId === undefined ? undefined : await readMember(db, { siteId, accountId });
    const owner = await findOwner(db, siteId);
    const now = this.#clock.now();
    const expiresAt = now + parameterLifetime;
    const secret = await readPrimarySecret(db, this.#vault, appId);
    const key = await this.#keys.getOrCreate(secret.secretId, () => importInstanceKey(secret.value));
    const parameter = {
      instanceId,
      appDefId: appId,
      signDate: isoTime(now),
      expirationDate: isoTime(expiresAt),
      uid: accountId ?? null,
      permissions: member?.role ?? "",
      demoMode: false,
      ...(owner === undefined ? {} : { siteOwnerId: owner }),
      vendorProductId: null,
      ...(originInstanceId === null ? {} : { originInstanceId }),
    };
    return { instance: await writeInstanceParameter(parameter, key), expiresAt };
  }
}
