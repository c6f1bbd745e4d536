import { randomUUID } from "node:crypto";
import { type InstanceParameter, importInstanceKey, writeInstanceParameter } from "@latchkey/protocol";
import { createCache } from "../../infrastructure/cache/index.ts";
import { type Clock, hours, isoTime } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Queries } from "../../infrastructure/database/index.ts";
import { ApiError, invalidField } from "../../infrastructure/errors/index.ts";
import { readApp, readPrimarySecret } from "../apps/index.ts";
import { readInstance } from "../instances/index.ts";
import { findOwner, readMember, readSite } from "../sites/index.ts";
import type { Extension } from "./extension.ts";
import { readExtension } from "./extensions.queries.ts";

/** The URL of a page of an app, for one account on one site. */
export interface PageUrl {
  /** Contains the signed instance parameter, which the app accepts as proof of the account. */
  readonly url: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Lifetime of the instance parameter. It is long, because an open page never gets a new one. */
const parameterLifetime = hours(4);
const cachedKeys = 1_000;

/** Creates the URLs of pages. Imported keys are cached by secret. */
export class PageUrls {
  readonly #clock: Clock;
  readonly #vault: Vault;
  readonly #keys = createCache<string, Promise<CryptoKey>>({ maxEntries: cachedKeys });

  constructor({ clock, vault }: { clock: Clock; vault: Vault }) {
    this.#clock = clock;
    this.#vault = vault;
  }

  /**
   * Throws `INSTANCE_NOT_FOUND`, `INSTANCE_NOT_INSTALLED`, `APP_DISABLED`, `EXTENSION_NOT_FOUND`, `MEMBER_NOT_FOUND`.
   *
   * @param request without `accountId` the page has no signed-in user
   */
  async create(
    db: Queries,
    request: { instanceId: string; extensionId: string; accountId?: string | undefined },
  ): Promise<PageUrl> {
    const { accountId, extensionId, instanceId } = request;
    const { appId, originInstanceId, siteId, state } = await readInstance(db, instanceId);
    if (state !== "installed") throw new ApiError("INSTANCE_NOT_INSTALLED");
    if (!(await readApp(db, appId)).enabled) throw new ApiError("APP_DISABLED");
    const extension = await readExtension(db, { appId, extensionId });
    requirePage(extension);
    const site = await readSite(db, siteId);
    const member = accountId === undefined ? undefined : await readMember(db, { siteId, accountId });
    const owner = await findOwner(db, siteId);
    const now = this.#clock.now();
    const expiresAt = now + parameterLifetime;
    const instance = await this.#sign(db, appId, {
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
    });
    return { url: addParameters(extension, { instance, site }), expiresAt };
  }

  async #sign(db: Queries, appId: string, parameter: InstanceParameter): Promise<string> {
    const secret = await readPrimarySecret(db, this.#vault, appId);
    const key = await this.#keys.getOrCreate(secret.secretId, () => importInstanceKey(secret.value));
    return await writeInstanceParameter(parameter, key);
  }
}

function requirePage({ kind }: Extension): void {
  if (kind !== "SERVICE_PLUGIN") return;
  throw invalidField("extensionId", "is a service plugin; only pages have a URL for users", "VALIDATION");
}

/** Adds the query parameters of wire §6 to the URL of a page. */
function addParameters(
  { kind, url }: Extension,
  { instance, site }: { instance: string; site: { locale: string; url: string | null } },
): string {
  const pageUrl = new URL(url);
  const parameters = {
    instance,
    locale: site.locale,
    ...(kind === "IFRAME_PAGE" ? { viewMode: "dashboard", cacheKiller: randomUUID() } : {}),
    ...(kind === "IFRAME_PAGE" && site.url !== null ? { siteUrl: site.url } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) pageUrl.searchParams.set(name, value);
  return pageUrl.href;
}
