import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import {
  type AccountPrincipal,
  change,
  list,
  type ManagementRoute,
  type Principal,
  read,
} from "../../infrastructure/management/index.ts";
import { time } from "../../infrastructure/routes/index.ts";
import { newPassword } from "./account.ts";
import { type AccountRouteDependencies, accountFields } from "./accounts.routes.ts";
import { listSessions } from "./sessions/sessions.queries.ts";

const tag = "Accounts";
const accounts = ["account"] as const;

const portal = z.object({
  linkId: z.guid(),
  appId: z.guid().nullable(),
  siteId: z.guid().nullable(),
  pages: z.array(z.string()),
  theme: z.object({
    colorScheme: z.enum(["light", "dark", "auto"]).optional(),
    primaryColor: z.string().optional(),
  }),
  expiresAt: time.meta({ description: "When the session ends" }),
});

const meResponse = z
  .object({
    name: z.string().meta({ description: "admin, key:<keyId>, account:<accountId> or portal:<linkId>" }),
    account: z.object(accountFields).nullable().meta({ description: "Null unless an account calls" }),
    portal: portal.nullable().meta({ description: "Null unless a portal calls" }),
  })
  .meta({ id: "Me", description: "The caller" });

const sessionResponse = z
  .object({
    sessionId: z.guid(),
    createdAt: time,
    usedAt: time.meta({ description: "The last use, exact to ten minutes" }),
    expiresAt: time.meta({ description: "When the session ends, unless it is used again" }),
    isCurrent: z.boolean(),
  })
  .meta({ id: "Session", description: "A session of the account that calls" });

/** Routes about the account that calls. */
export function meRoutes(deps: AccountRouteDependencies): readonly ManagementRoute[] {
  return [meRoute, ...sessionRoutes(deps), passwordRoute(deps)];
}

const meRoute = read({
  path: "/me",
  tag,
  operationId: "getMe",
  summary: "Read who calls",
  scope: "accounts:read",
  accounts,
  portal: "every",
  response: meResponse,
  handle: async ({ principal }) => showCaller(principal),
});

function showCaller(principal: Principal): z.input<typeof meResponse> {
  const { account, name } = principal;
  if (account === undefined) return { name, account: null, portal: showPortal(principal) };
  const { sessionId: _, ...shown } = account;
  return { name, account: shown, portal: null };
}

function showPortal({ appId, expiresAt, portal, siteId }: Principal): z.input<typeof meResponse>["portal"] {
  if (portal === undefined) return null;
  const { linkId, pages, theme } = portal;
  const owner = { appId: appId ?? null, siteId: siteId ?? null };
  return { linkId, ...owner, pages: [...pages], theme, expiresAt: isoTime(expiresAt ?? 0) };
}

function sessionRoutes(deps: AccountRouteDependencies): readonly ManagementRoute[] {
  return [
    list({
      path: "/me/sessions",
      tag,
      operationId: "listMySessions",
      summary: "List the sessions of the account that calls",
      scope: "accounts:read",
      accounts,
      item: sessionResponse,
      async find({ db, now, page, principal }) {
        const { accountId, sessionId } = requireAccount(principal);
        const sessions = await listSessions(db, { ...page, accountId, now });
        return sessions.map((session) => ({ ...session, isCurrent: session.session_id === sessionId }));
      },
      position: (session) => session.session_id,
      show: (session) => ({
        sessionId: session.session_id,
        createdAt: isoTime(session.created_at),
        usedAt: isoTime(session.used_at),
        expiresAt: isoTime(session.expires_at),
        isCurrent: session.isCurrent,
      }),
    }),
    change({
      method: "DELETE",
      path: "/me/sessions/{sessionId}",
      tag,
      operationId: "endMySession",
      summary: "End a session of the account that calls",
      scope: "accounts:write",
      accounts,
      errors: ["SESSION_NOT_FOUND"],
      async handle({ actor, ids: { sessionId }, principal, trx }) {
        const { accountId } = requireAccount(principal);
        const ended = await deps.accounts.sessions.end(trx, actor, { accountId, sessionId });
        if (!ended) throw new ApiError("SESSION_NOT_FOUND");
      },
    }),
  ];
}

function passwordRoute(deps: AccountRouteDependencies): ManagementRoute {
  return change({
    method: "POST",
    path: "/me/password",
    tag,
    operationId: "changeMyPassword",
    summary: "Change the password of the account that calls; its other sessions end",
    scope: "accounts:write",
    accounts,
    example: { currentPassword: "the password until now", newPassword: "the password from now on" },
    errors: ["WRONG_PASSWORD", "SIGN_IN_LIMITED", "RESOURCE_EXHAUSTED"],
    body: z.strictObject({
      currentPassword: z
        .string()
        .max(200)
        .optional()
        .meta({ description: "Required unless the account has no password" }),
      newPassword,
    }),
    async prepare({ currentPassword = "", newPassword: replacement }, principal, { exchange }) {
      const { accountId } = requireAccount(principal);
      return await deps.accounts.prepareNewPassword(exchange, {
        accountId,
        current: currentPassword,
        replacement,
      });
    },
    async handle({ trx, actor, prepared, principal }) {
      await deps.accounts.changePassword(trx, actor, { ...requireAccount(principal), ...prepared });
    },
  });
}

/** The account that calls. Throws `PERMISSION_DENIED` for a key. */
export function requireAccount({ account }: Principal): AccountPrincipal {
  if (account !== undefined) return account;
  throw new ApiError("PERMISSION_DENIED", {
    message: "This call is for accounts; it needs a session instead of a key.",
    reason: "no_account",
  });
}
