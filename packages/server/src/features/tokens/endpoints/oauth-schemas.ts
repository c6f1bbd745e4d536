import { z } from "zod";
import type { OAuthRoute } from "./oauth-route.ts";

// Schemas of the OAuth endpoints, for the API reference and the tests. The endpoints read requests themselves,
// because their errors have the form of RFC 6749 and never repeat what was sent.

/** Media types of a request to an OAuth endpoint. */
export const contentTypes: readonly string[] = ["application/json", "application/x-www-form-urlencoded"];

interface ClientFields {
  client_id: z.ZodType;
  client_secret: z.ZodType;
}

export const clientFields: ClientFields = {
  client_id: z.guid().optional().meta({ description: "App ID; or both credentials as HTTP Basic" }),
  client_secret: z.string().optional().meta({ description: "App secret" }),
};

/** The response about a token that is not valid, or not for the caller. */
export const inactiveToken: z.ZodObject = z.object({ active: z.literal(false) });

/** Shared by the routes to which an app sends one of its tokens. */
export const aboutToken: Pick<OAuthRoute, "body" | "example" | "oauthErrors"> = {
  body: {
    schema: z.object({ ...clientFields, token: z.string(), token_type_hint: z.string().optional() }),
    contentTypes,
  },
  example: { client_id: "$APP_ID", client_secret: "$APP_SECRET", token: "$ACCESS_TOKEN" },
  oauthErrors: ["invalid_request", "invalid_client"],
};
