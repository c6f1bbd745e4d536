import type { Transaction } from "kysely";
import type { Write } from "../../infrastructure/database/index.ts";
import type { AccessTokenRoute } from "../../infrastructure/routes/index.ts";
import { readSite, type Site, type SiteContent } from "../sites/index.ts";
import type { EventSamples } from "../webhooks/index.ts";
import type { AnyTables, Resource } from "./resource.ts";
import {
  createResourcePlatform,
  type ResourceDependencies,
  type ResourcePlatform,
} from "./resource-platform.ts";

/** A resource that is bound to a platform. */
export interface OpenResource {
  readonly name: string;
  readonly platform: ResourcePlatform<AnyTables>;
  readonly routes: readonly AccessTokenRoute[];
  readonly siteContent: SiteContent;
  readonly demo: OpenDemo | undefined;
  readonly samples: EventSamples;
}

/** What a resource adds to the demo. */
export interface OpenDemo {
  readonly scopes: readonly string[];
  fill(trx: Write, site: Site): Promise<void>;
}

/** Binds a resource to the platform. */
export function openResource(resource: Resource, deps: ResourceDependencies): OpenResource {
  const { demo, eventTypes, name, site } = resource;
  const platform = createResourcePlatform(resource, deps);
  const own = (trx: Write): Transaction<AnyTables> => trx as unknown as Transaction<AnyTables>;
  return {
    name,
    platform,
    routes: resource.routes(platform),
    samples: new Map(eventTypes.map(({ eventType, sample }) => [eventType, sample])),
    siteContent: {
      async created(trx, _actor, siteId) {
        await site.created?.(platform, own(trx), await readSite(trx, siteId));
      },
      async copied(trx, _actor, { fromSiteId, toSiteId }) {
        const sites = { from: await readSite(trx, fromSiteId), to: await readSite(trx, toSiteId) };
        await site.copied?.(platform, own(trx), sites);
      },
      async deleted(trx, _actor, siteId) {
        await site.deleted?.(platform, own(trx), await readSite(trx, siteId));
      },
    },
    demo: demo && {
      scopes: demo.scopes,
      fill: (trx, demoSite) => demo.fill(platform, own(trx), demoSite),
    },
  };
}
