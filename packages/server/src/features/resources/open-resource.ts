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
  /** Does one step of the resource's work. */
  readonly continueWork: (() => Promise<boolean>) | undefined;
}

/** What a resource adds to the demo. */
export interface OpenDemo {
  readonly scopes: readonly string[];
  fill(trx: Write, site: Site): Promise<void>;
}

/** Binds a resource to the platform. */
export function openResource(resource: Resource, deps: ResourceDependencies): OpenResource {
  const { demo, eventTypes, name, site, work } = resource;
  const platform = createResourcePlatform(resource, deps);
  const own = (trx: Write): Transaction<AnyTables> => trx as unknown as Transaction<AnyTables>;
  return {
    name,
    platform,
    routes: resource.routes(platform),
    samples: new Map(eventTypes.map(({ eventType, sample }) => [eventType, sample])),
    siteContent: {
      async created(trx, siteId) {
        await site.created?.(platform, own(trx), await readSite(trx, siteId));
      },
      copied: async (trx, copy, after) => await site.copied?.(platform, own(trx), { ...copy, after }),
      deleted: async (trx, deletedSite) => (await site.deleted?.(platform, own(trx), deletedSite)) ?? false,
    },
    continueWork: work && (() => deps.database.write((trx) => work(platform, own(trx)))),
    demo: demo && {
      scopes: demo.scopes,
      fill: (trx, demoSite) => demo.fill(platform, own(trx), demoSite),
    },
  };
}
