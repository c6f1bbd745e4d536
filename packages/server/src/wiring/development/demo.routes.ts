import { z } from "zod";
import { generateAppKey, readAppPublicKey } from "../../features/apps/index.ts";
import { change, type ManagementRoute } from "../../infrastructure/management/index.ts";
import { type DemoDependencies, demoIds, makeDemo } from "./demo.ts";

const demoResponse = z.object({
  appId: z.guid(),
  siteId: z.guid(),
  instanceId: z.guid(),
  publicKey: z.string().meta({ description: "PEM of the app's public key" }),
  secret: z.string().nullable().meta({ description: "The app's secret, in the answer that made the app" }),
});

/** Makes the demonstration: an app on a site, with what resources add to it. */
export function demoRoutes(deps: DemoDependencies): readonly ManagementRoute[] {
  return [
    change({
      method: "POST",
      path: "/dev/demo",
      tag: "Development",
      operationId: "makeDemo",
      summary: "Make the demonstration app, site, content and instance, or what is missing of them",
      scope: "development",
      response: demoResponse,
      prepare: generateAppKey,
      async handle({ actor, prepared, trx }) {
        const secret = await makeDemo(deps, { trx, actor }, prepared);
        return { ...demoIds, publicKey: await readAppPublicKey(trx, demoIds.appId), secret: secret ?? null };
      },
    }),
  ];
}
