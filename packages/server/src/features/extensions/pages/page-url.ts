import { randomUUID } from "node:crypto";
import { type InstanceParameter, importInstanceKey, writeInstanceParameter } from "@latchkey/protocol";
import { createCache } from "../../../infrastructure/cache/index.ts";
import { type Clock, hours, isoTime } from "../../../infrastructure/clock/index.ts";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import type { Queries } from "../../../infrastructure/database/index.ts";
import { ApiError, ValidationError } from "../../../infrastructure/errors/index.ts";
import { readApp, readPrimarySecret } from "../../apps/index.ts";
import { readInstance } from "../../instances/index.ts";
import { findOwner, readMember, readSite } from "../../sites/index.ts";
import type { Extension } from "../extension.ts";
import { readExtension } from "../extensions.queries.ts";

/** A page of an app, opened for somebody on one site. */
export interface OpenedPage {
  /** Holds the signed parameter: whoever has it can show it to the app. */
  readonly url: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Makes the addresses under which the pages of apps are opened. */
export interface PageUrls {
  /**
   * Throws `INSTANCE_NOT_FOUND`, `INSTANCE_NOT_INSTALLED`, `APP_DISABLED`, `EXTENSION_NOT_FOUND`, `MEMBER_NOT_FOUND`.
   *
   * @param request without `accountId` nobody is signed in
   */
  open(
    db: Queries,
    request: { instanceId: string; extensionId: string; accountId?: string | undefined },
  ): Promise<OpenedPage>;
}

/** As the wire's own example has it: a page keeps its parameter for as long as it stays open. */
const parameterLife = hours(4);
const maxCachedKeys = 1_000;

export function createPageUrls({ clock, vault }: { clock: Clock; vault: Vault }): PageUrls {
  const keys = createCache<string, Promise<CryptoKey>>({ maxEntries: maxCachedKeys });
  return {
    async open(db, { accountId, extensionId, instanceId }) {
      const instance = await readInstance(db, instanceId);
      if (instance.state !== "installed") throw new ApiError("INSTANCE_NOT_INSTALLED");
      const { appId, siteId } = instance;
      if (!(await readApp(db, appId)).enabled) throw new ApiError("APP_DISABLED");
      const extension = await readExtension(db, { appId, extensionId });
      requirePage(extension);
      const site = await readSite(db, siteId);
      const member = accountId === undefined ? undefined : await readMember(db, { siteId, accountId });
      const owner = await findOwner(db, siteId);
      const now = clock.now();
      const expiresAt = now + parameterLife;
      const parameter: InstanceParameter = {
        ...{ instanceId, appDefId: appId, signDate: isoTime(now), expirationDate: isoTime(expiresAt) },
        ...{ uid: accountId ?? null, permissions: member?.role ?? "", demoMode: false },
        ...(owner === undefined ? {} : { siteOwnerId: owner }),
        vendorProductId: null,
        ...(instance.originInstanceId === null ? {} : { originInstanceId: instance.originInstanceId }),
      };
      const secret = await readPrimarySecret(db, vault, appId);
      const key = await keys.getOrCreate(secret.secretId, () => importInstanceKey(secret.value));
      const signed = await writeInstanceParameter(parameter, key);
      return { url: addressOf(extension, { instance: signed, site }), expiresAt };
    },
  };
}

function requirePage({ kind }: Extension): void {
  if (kind !== "SERVICE_PLUGIN") return;
  throw new ValidationError([
    {
      field: "extensionId",
      description: "is a service plugin, which the platform calls; only pages are opened",
      violatedRule: "VALIDATION",
    },
  ]);
}

/** The parameters beside it are those of wire §6. */
function addressOf(
  { kind, url }: Extension,
  { instance, site }: { instance: string; site: { locale: string; url: string | null } },
): string {
  const address = new URL(url);
  const parameters = {
    instance,
    locale: site.locale,
    ...(kind === "IFRAME_PAGE" ? { viewMode: "dashboard", cacheKiller: randomUUID() } : {}),
    ...(kind === "IFRAME_PAGE" && site.url !== null ? { siteUrl: site.url } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return address.href;
}
