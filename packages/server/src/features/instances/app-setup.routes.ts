import { z } from "zod";
import type { Database } from "../../infrastructure/database/index.ts";
import { jsonResponse } from "../../infrastructure/http/index.ts";
import { type AccessTokenRoute, parse, readBody } from "../../infrastructure/routes/index.ts";
import type { Instances } from "./instances.ts";

const event = z.object({
  eventName: z
    .string()
    .max(100)
    .meta({ description: "`APP_FINISHED_CONFIGURATION`; other events are ignored" }),
});

/** An app reports that its setup on the site is complete (wire §3.1). */
export function appSetupRoutes(database: Database, instances: Instances): readonly AccessTokenRoute[] {
  return [
    {
      method: "POST",
      path: "/apps/v1/bi-event",
      permission: "WIX_DEVELOPERS.MANAGE_APP_INSTANCE",
      tag: "Instances",
      operationId: "sendBiEvent",
      summary: "Report that the setup of the app is complete",
      body: { schema: event },
      example: { eventName: "APP_FINISHED_CONFIGURATION" },
      responses: { 200: { description: "Recorded, or ignored", schema: z.strictObject({}) } },
      errors: ["INSTANCE_NOT_INSTALLED"],
      async handle({ access: { appId, instanceId }, exchange: { requestId }, request }) {
        const { eventName } = parse(event, await readBody(request), "body");
        const actor = { name: `app:${appId}`, requestId };
        if (eventName === "APP_FINISHED_CONFIGURATION") {
          await database.write((trx) => instances.completeSetup(trx, actor, instanceId));
        }
        return jsonResponse({});
      },
    },
  ];
}
