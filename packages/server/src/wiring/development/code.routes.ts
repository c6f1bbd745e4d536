import { z } from "zod";
import { readApp } from "../../features/apps/index.ts";
import { readInstance } from "../../features/instances/index.ts";
import type { LegacyCredentials } from "../../features/tokens/index.ts";
import { invalidField } from "../../infrastructure/errors/index.ts";
import { change, type ManagementRoute } from "../../infrastructure/management/index.ts";
import { guid } from "../../infrastructure/routes/index.ts";

const codeRequest = z.strictObject({
  instanceId: guid,
  redirectUrl: z.url().max(2_000).meta({ description: "Where the app receives the code" }),
  state: z.string().max(2_000).optional().meta({ description: "Default: the address has no state" }),
  codeChallenge: z
    .string()
    .regex(/^[\w-]{43}$/, "must be a SHA-256 in base64url")
    .optional()
    .meta({ description: "Challenge of PKCE, method S256" }),
});

const codeResponse = z.object({
  code: z.string().meta({ description: "Valid for 10 minutes, once" }),
  callbackUrl: z.string().meta({ description: "redirectUrl with code, instanceId, state and iss" }),
});

/** Creates codes of the legacy flow without a consent page, for tests of apps. */
export function codeRoutes(legacy: LegacyCredentials, issuer: string): readonly ManagementRoute[] {
  return [
    change({
      method: "POST",
      path: "/dev/codes",
      tag: "Development",
      operationId: "createCode",
      summary: "Create a code of the legacy flow, as after the consent of the owner",
      scope: "development",
      example: { instanceId: "$INSTANCE_ID", redirectUrl: "http://127.0.0.1:3000/callback" },
      errors: ["INSTANCE_NOT_FOUND"],
      body: codeRequest,
      response: codeResponse,
      async handle({ body: { codeChallenge, instanceId, redirectUrl, state }, now, trx }) {
        const { appId } = await readInstance(trx, instanceId);
        const { legacy: flow } = await readApp(trx, appId);
        if (!flow?.redirectUrls.includes(redirectUrl)) {
          throw invalidField("redirectUrl", "is not a redirect URL of the app", "VALIDATION");
        }
        const code = await legacy.issueCode(trx, { appId, instanceId, redirectUrl, codeChallenge, now });
        const url = new URL(redirectUrl);
        const added = { code, instanceId, ...(state === undefined ? {} : { state }), iss: issuer };
        for (const [name, value] of Object.entries(added)) url.searchParams.set(name, value);
        return { code, callbackUrl: url.href };
      },
    }),
  ];
}
