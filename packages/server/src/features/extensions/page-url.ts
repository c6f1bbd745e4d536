import { randomUUID } from "node:crypto";
import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Queries } from "../../infrastructure/database/index.ts";
import { ApiError, invalidField } from "../../infrastructure/errors/index.ts";
import { readApp } from "../apps/index.ts";
import { readInstance } from "../instances/index.ts";
import { readSite } from "../sites/index.ts";
import type { Extension } from "./extension.ts";
import { readExtension } from "./extensions.queries.ts";
import { InstanceParameters } from "./instance-parameters.ts";

/** The URL of a page of an app, for one account on one site. */
export interface PageUrl {
  /** Contains the signed instance parameter, which the app accepts as proof of the account. */
  readonly url: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Creates the URLs of pages. */
export class PageUrls {
  readonly #parameters: InstanceParameters;

  constructor(deps: { clock: Clock; vault: Vault }) {
    this.#parameters = new InstanceParameters(deps);
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
    const instance = await readInstance(db, request.instanceId);
    const { appId, siteId, state } = instance;
    if (state !== "installed") throw new ApiError("INSTANCE_NOT_INSTALLED");
    if (!(await readApp(db, appId)).enabled) throw new ApiError("APP_DISABLED");
    const extension = await readExtension(db, { appId, extensionId: request.extensionId });
    requirePage(extension);
    const site = await readSite(db, siteId);
    const signed = await this.#parameters.sign(db, instance, request.accountId);
    return {
      url: addParameters(extension, { instance: signed.instance, site }),
      expiresAt: signed.expiresAt,
    };
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
