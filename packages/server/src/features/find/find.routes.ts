import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import type { Queries } from "../../infrastructure/database/index.ts";
import { action, type ManagementRoute, read } from "../../infrastructure/management/index.ts";
import { type Route, text, time } from "../../infrastructure/routes/index.ts";
import { type ExplainedToken, showTokenLogEntry, tokenLogEntry } from "../tokens/index.ts";
import { type Asked, Find, type FindDependencies, type Found } from "./find.ts";
import { foundTypes } from "./finders.ts";

const scopes = z.array(z.string());

const explainedToken = z
  .object({
    isValid: z.boolean(),
    reason: z.string().nullable().meta({ description: "Why it is not valid, such as expired or revoked" }),
    explanation: z.string().nullable().meta({ description: "The reason in words, and what to do" }),
    audience: z.string().nullable().meta({ description: "The API that the token is for" }),
    userId: z.string().nullable().meta({ description: "The user that the token acts as; null for the app" }),
    secretId: z.string().nullable().meta({ description: "The App secret that requested the token" }),
    scopes: scopes.meta({ description: "Scopes in the token" }),
    grantedScopes: scopes.meta({ description: "Scopes of the token that are granted now" }),
    issuedAt: time.nullable(),
    expiresAt: time.nullable(),
  })
  .meta({
    id: "ExplainedToken",
    description: "A token as it is now. Without a valid signature only the reason is known",
  });

const found = z
  .object({
    type: z.enum(foundTypes),
    id: z.string().nullable().meta({
      description: "The id of the object; the jti of a token; the x-request-id of a request",
    }),
    name: z
      .string()
      .nullable()
      .meta({ description: "Such as the name of an app, an event type or an action" }),
    state: z.string().nullable().meta({ description: "Such as installed, failed or compromised" }),
    appId: z.string().nullable(),
    instanceId: z.string().nullable(),
    siteId: z.string().nullable(),
    href: z.string().nullable().meta({ description: "Path and query of the operation that shows it" }),
    refused: tokenLogEntry.nullable().meta({ description: "For a refused request: why" }),
    token: explainedToken.nullable().meta({ description: "For an access token" }),
  })
  .meta({ id: "FoundObject", description: "What an id is, and where to read it" });

const id = text(8_192).meta({ example: "3f1c2a6e-5b0d-4c8e-9a47-1d2e6b7f8c90" });

const response = z.object({
  items: z.array(found),
  notes: z.array(z.string()).meta({ description: "What to search for instead, and what cannot be found" }),
});

/**
 * The routes that find what an id is.
 *
 * @param routes the other routes of the management API
 */
export function findRoutes(deps: FindDependencies, routes: readonly Route[]): readonly ManagementRoute[] {
  const finding = new Find(deps, routes);
  const shared = {
    path: "/find",
    tag: "Find",
    scope: "find:read",
    accounts: ["account"],
    servesBoundKeys: true,
    response,
  } as const;
  const find = async (db: Queries, asked: Asked): Promise<z.input<typeof response>> => {
    const { items, notes } = await finding.find(db, asked);
    return { items: items.map(show), notes: [...notes] };
  };
  return [
    read({
      ...shared,
      operationId: "findId",
      summary:
        "Find what an id is, among what the caller may read: of an object, of a request, of a secret (also its first 12 characters), or the external id of a site",
      query: z.strictObject({ id }),
      handle: ({ db, now, principal, query }) =>
        find(db, { text: query.id, isInAddress: true, principal, now }),
    }),
    action({
      ...shared,
      operationId: "findSecret",
      summary:
        "Find what an id, a whole secret or a whole access token is; it is in the body, because addresses are logged",
      body: z.strictObject({ id }),
      handle: ({ body, db, now, principal }) =>
        find(db, { text: body.id, isInAddress: false, principal, now }),
    }),
  ];
}

function show({ appId, href, id, instanceId, name, refused, siteId, state, token, type }: Found) {
  return {
    type,
    id,
    name: name ?? null,
    state: state ?? null,
    appId: appId ?? null,
    instanceId: instanceId ?? null,
    siteId: siteId ?? null,
    href,
    refused: refused === undefined ? null : showTokenLogEntry(refused),
    token: token === undefined ? null : showToken(token),
  };
}

function showToken({ claims, invalid, scopes }: ExplainedToken): z.input<typeof explainedToken> {
  const isUser = claims !== undefined && claims.sub !== claims.client_id;
  return {
    isValid: invalid === undefined,
    reason: invalid?.reason ?? null,
    explanation: invalid?.text ?? null,
    audience: claims?.aud ?? null,
    userId: isUser ? claims.sub : null,
    secretId: claims?.secret_id ?? null,
    scopes: claims?.scope.split(" ").filter(Boolean) ?? [],
    grantedScopes: [...scopes],
    issuedAt: claims === undefined ? null : isoTime(claims.iat * 1_000),
    expiresAt: claims === undefined ? null : isoTime(claims.exp * 1_000),
  };
}
