import { z } from "zod";
import { readAppPublicKey } from "../../features/apps/index.ts";
import { change, type ManagementRoute } from "../../infrastructure/management/index.ts";
import { createDemo, type DemoDependencies, demoIds } from "./demo.ts";

const demoResponse = z.object({
  appId: z.guid(),
  siteId: z.guid(),
  instanceId: z.guid(),
  publicKey: z.string().meta({ description: "PEM of the app's public key" }),
  secret: z
    .string()
    .nullable()
    .meta({ description: "The app's secret, in the response that creates the app" }),
});

/** Creates the demo: an app on a site, with the demo content of resources. */
export function demoRoutes(deps: DemoDependencies): readonly ManagementRoute[] {
  return [
    change({
      method: "POST",
      path: "/dev/demo",
      tag: "Development",
      operationId: "makeDemo",
      summary: "Create the demo app, site, content and instance, or what is missing of them",
      scope: "development",
      response: demoResponse,
      prepare: () => deps.apps.generateKey(),
      async handle({ actor, prepared, trx }) {
        const secret = await createDemo(deps, { trx, actor }, prepared);
        return { ...demoIds, publicKey: await readAppPublicKey(trx, demoIds.appId), secret: secret ?? null };
      },
    }),
  ];
}
