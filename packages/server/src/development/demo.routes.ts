import { z } from "zod";
import {
  type Apps,
  type CreatedApp,
  generateAppKey,
  type NewAppKey,
  readAppPublicKey,
} from "../apps/index.ts";
import type { Actor } from "../audit/index.ts";
import type { Clock } from "../clock/index.ts";
import type { Write } from "../db/index.ts";
import type { Instances } from "../instances/index.ts";
import { change, type Route } from "../management/index.ts";
import { readSite, type Sites } from "../sites/index.ts";
import { demoCollections, demoProducts, insertCollections, insertProducts } from "../stores/index.ts";

interface Sources {
  readonly apps: Apps;
  readonly sites: Sites;
  readonly instances: Instances;
  readonly clock: Clock;
}

// The same on every machine and after every new start, so that what was copied from a terminal stays true.
const appId = "1a7c4e70-0000-4000-8000-000000000001";
const siteId = "1a7c4e70-0000-4000-8000-000000000002";
const instanceId = "1a7c4e70-0000-4000-8000-000000000003";

const demoAnswer = z.object({
  appId: z.guid(),
  siteId: z.guid(),
  instanceId: z.guid(),
  publicKey: z.string().meta({ description: "PEM of the app's public key" }),
  secret: z.string().nullable().meta({ description: "The app's secret, in the answer that made the app" }),
});

/** Makes the demonstration: an app on a site that sells coffee and tea. Done again, it leaves what is there. */
export function demoRoutes(sources: Sources): readonly Route[] {
  return [
    change({
      method: "post",
      path: "/dev/demo",
      tag: "Development",
      operationId: "makeDemo",
      summary: "Make the demonstration app, site, products and instance, unless they are there",
      scope: "development",
      answer: demoAnswer,
      prepare: generateAppKey,
      async handle({ actor, prepared, trx }) {
        const known = await trx
          .selectFrom("apps")
          .select("app_id")
          .where("app_id", "=", appId)
          .executeTakeFirst();
        const made = known === undefined ? await makeDemo(sources, { trx, actor, key: prepared }) : undefined;
        const publicKey = await readAppPublicKey(trx, appId);
        return { appId, siteId, instanceId, publicKey, secret: made?.secret.value ?? null };
      },
    }),
  ];
}

async function makeDemo(
  { apps, clock, instances, sites }: Sources,
  place: { trx: Write; actor: Actor; key: NewAppKey },
): Promise<CreatedApp> {
  const { actor, key, trx } = place;
  const scopes = ["SCOPE.DC-STORES.READ-PRODUCTS", "SCOPE.DC-STORES.MANAGE-PRODUCTS"];
  const app = await apps.create(trx, actor, { appId, name: "Hello App", scopes, key });
  await sites.create(trx, actor, { siteId, name: "Demo Store", externalId: "demo-store" });
  const site = await readSite(trx, siteId);
  await insertCollections(trx, siteId, demoCollections());
  await insertProducts(trx, siteId, demoProducts({ site, now: clock.now() }));
  await instances.install(trx, actor, { instanceId, appId, siteId });
  return app;
}
