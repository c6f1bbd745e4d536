import { maxTokenAncestors } from "@latchkey/protocol";
import { sql } from "kysely";
import {
  type Database,
  type ListParameter,
  listParameter,
  type ParameterOf,
  prepareQuery,
  type Queries,
  type Write,
} from "../../infrastructure/database/index.ts";
import { type PermissionsOf, preparePermissionsOf } from "../permissions/index.ts";
import type { StoredClient } from "./request/client-authentication.ts";

/** Everything that decides on a token request, read at once. Parts that were not found are null. */
export interface MintRow extends StoredClient {
  readonly platform_gen: number;
  readonly app_gen: number | null;
  readonly token_format: string | null;
  readonly token_lifetime: number | null;
  readonly instance_id: string | null;
  readonly site_id: string | null;
  readonly state: string | null;
  readonly instance_gen: number | null;
  readonly granted_scopes: string | null;
  /** The key that signs now. */
  readonly kid: string | null;
}

/** A {@link MintRow} as the query finds it: once for each key that could sign. */
interface MintKeyRow extends MintRow {
  readonly active_at: number | null;
}

/** What decides whether a genuine token is alive. Parts that are gone are null. */
export interface TokenStateRow {
  readonly platform_gen: number;
  readonly app_gen: number | null;
  readonly enabled: number | null;
  readonly instance_gen: number | null;
  readonly state: string | null;
  readonly granted_scopes: string | null;
  readonly secret_id: string | null;
  readonly compromised_at: number | null;
  readonly revoked_jti: string | null;
  readonly key_removed_at: number | null;
  /** The number of the membership of the user that the token acts as, on the site of the instance. */
  readonly member_gen: number | null;
  /** JSON: what the role of that user permits; null for everything. */
  readonly role_permissions: string | null;
}

/** The reads of tokens; minting and checking take one query each and write nothing. */
export interface TokenStore {
  readMint(key: {
    appId: string;
    digests: readonly string[];
    instanceId: string;
    now: number;
  }): Promise<MintRow>;
  /** The same for who needs no secret, as if the app had come with its primary one. */
  readMintByPrimary(key: { appId: string; instanceId: string; now: number }): Promise<MintRow>;
  readClient(key: { appId: string; digests: readonly string[] }): Promise<StoredClient>;
  readState(token: TokenKeys): Promise<TokenStateRow>;
  /** Scopes that bundle a permission. */
  scopesWith(permission: string): Promise<string[]>;
  readonly permissionsOf: PermissionsOf;
  /** Whether the platform's owner has registered an API under this very identifier. */
  hasResource(identifier: string): Promise<boolean>;
}

export interface TokenKeys {
  readonly appId: string;
  readonly instanceId: string;
  readonly secretId: string;
  readonly jti: string;
  /** `jti` of the tokens that it was exchanged from. */
  readonly ancestors: readonly string[];
  readonly kid: string;
  /** The user that it acts as; or the app, which is nobody's member. */
  readonly subject: string;
}

/** @param digestCount how many digests a presented secret has: one for each master key */
export function createTokenStore(database: Database, digestCount: number): TokenStore {
  const digest = listParameter("digest", digestCount);
  const mint = prepareMint(database, digest);
  const client = prepareClient(database, digest);
  const state = prepareState(database);
  const scopes = prepareQuery<{ scope_id: string }, "permission">(database, (db, parameter) =>
    db
      .selectFrom("scope_permissions")
      .select("scope_id")
      .where("permission_id", "=", parameter<string>("permission")),
  );
  const resource = prepareQuery<{ identifier: string }, "identifier">(database, (db, parameter) =>
    db.selectFrom("resources").select("identifier").where("identifier", "=", parameter<string>("identifier")),
  );
  const readMint: TokenStore["readMint"] = async ({ appId, digests, instanceId, now }) =>
    withSigningKey(await mint({ appId, instanceId, now, ...digest.values(digests) }), now);
  return {
    readMint,
    async readMintByPrimary(key) {
      const primary = await database.read
        .selectFrom("app_secrets")
        .select("digest")
        .where("app_id", "=", key.appId)
        .where("is_primary", "=", 1)
        .executeTakeFirstOrThrow();
      return await readMint({ ...key, digests: Array(digestCount).fill(primary.digest) });
    },
    readClient: async ({ appId, digests }) => only(await client({ appId, ...digest.values(digests) })),
    readState: async (token) => only(await state(token)),
    scopesWith: async (permission) => (await scopes({ permission })).map((row) => row.scope_id),
    permissionsOf: preparePermissionsOf(database),
    hasResource: async (identifier) => (await resource({ identifier })).length === 1,
  };
}

/** Puts a token on the deny list until it ends by itself. */
export async function denyToken(trx: Write, token: { jti: string; expiresAt: number }): Promise<void> {
  await trx
    .insertInto("revoked_tokens")
    .values({ jti: token.jti, expires_at: token.expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Deletes denied tokens that ended at `before` or earlier (epoch milliseconds), `limit` of them. */
export async function pruneDeniedTokens(
  trx: Write,
  { before, limit }: { before: number; limit: number },
): Promise<string | undefined> {
  const ended = await trx
    .selectFrom("revoked_tokens")
    .select("jti")
    .where("expires_at", "<=", before)
    .orderBy("expires_at")
    .limit(limit)
    .execute();
  const ids = ended.map((row) => row.jti);
  if (ids.length > 0) await trx.deleteFrom("revoked_tokens").where("jti", "in", ids).execute();
  return ids.length < limit ? undefined : "";
}

type Run<Row> = (values: Readonly<Record<string, string | number>>) => Promise<Row[]>;

function prepareMint(database: Database, digest: ListParameter): Run<MintKeyRow> {
  return prepareQuery<MintKeyRow, string>(database, (db, parameter) =>
    selectClient(db, parameter, digest)
      .leftJoin("instances as i", (join) =>
        join.on("i.instance_id", "=", parameter<string>("instanceId")).onRef("i.app_id", "=", "a.app_id"),
      )
      .leftJoin("signing_keys as k", (join) =>
        join.on((or) =>
          or.or([or("k.retired_at", "is", null), or("k.retired_at", ">", parameter<number>("now"))]),
        ),
      )
      .select(["p.gen as platform_gen", "a.gen as app_gen", "a.token_format", "a.token_lifetime"])
      .select(["i.instance_id", "i.site_id", "i.state", "i.gen as instance_gen", "i.granted_scopes"])
      .select(["k.kid", "k.active_at"]),
  );
}

/**
 * The row with the newest active key, or while a clock set back finds none, with the one that becomes active next.
 * Chosen here, since sorting one or two rows costs a database more than all the rest of the query.
 */
function withSigningKey(rows: readonly MintKeyRow[], now: number): MintRow {
  return only(rows.toSorted((one, other) => signingOrder(one, now) - signingOrder(other, now)));
}

/** Active keys first, the newest before the others; then announced ones, the next before the others. */
function signingOrder({ active_at }: MintKeyRow, now: number): number {
  if (active_at === null) return 0;
  return active_at <= now ? now - active_at : active_at;
}

function prepareClient(database: Database, digest: ListParameter): Run<StoredClient> {
  return prepareQuery<StoredClient, string>(database, (db, parameter) => selectClient(db, parameter, digest));
}

function selectClient(db: Queries, parameter: ParameterOf<string>, digest: ListParameter) {
  return db
    .selectFrom("platform as p")
    .leftJoin("apps as a", (join) =>
      join.on("a.app_id", "=", parameter<string>("appId")).on("a.deleted_at", "is", null),
    )
    .leftJoin("app_secrets as s", (join) =>
      join
        .onRef("s.app_id", "=", "a.app_id")
        .on("s.digest", "in", digest.names.map(parameter<string>))
        .on("s.deleted_at", "is", null),
    )
    .select(["a.app_id", "a.enabled", "s.secret_id", "s.digest", "s.expires_at", "s.compromised_at"]);
}

/** Most tokens act as their app and come from no exchange: their query looks up neither a member nor ancestors. */
function prepareState(database: Database): (token: TokenKeys) => Promise<TokenStateRow[]> {
  const ancestor = listParameter("ancestor", maxTokenAncestors);
  const ofApp = prepareQuery<TokenStateRow, string>(database, (db, parameter) =>
    selectState(db, parameter, ["jti"]).select([
      sql`null`.as("member_gen"),
      sql`null`.as("role_permissions"),
    ]),
  );
  const complete = prepareQuery<TokenStateRow, string>(database, (db, parameter) =>
    selectState(db, parameter, ["jti", ...ancestor.names])
      .leftJoin("site_members as m", (join) =>
        join.onRef("m.site_id", "=", "i.site_id").on("m.account_id", "=", parameter<string>("subject")),
      )
      .leftJoin("roles as o", (join) => join.onRef("o.role", "=", "m.role"))
      .select(["m.gen as member_gen", "o.permissions as role_permissions"]),
  );
  return ({ ancestors, ...token }) =>
    token.subject === token.appId && ancestors.length === 0
      ? ofApp(token)
      : complete({ ...token, ...ancestor.values(ancestors) });
}

/** @param jtis parameters; one row comes back for each of them that is revoked, and one when none is */
function selectState(db: Queries, parameter: ParameterOf<string>, jtis: readonly string[]) {
  return db
    .selectFrom("platform as p")
    .leftJoin("apps as a", (join) =>
      join.on("a.app_id", "=", parameter<string>("appId")).on("a.deleted_at", "is", null),
    )
    .leftJoin("instances as i", (join) =>
      join.on("i.instance_id", "=", parameter<string>("instanceId")).onRef("i.app_id", "=", "a.app_id"),
    )
    .leftJoin("app_secrets as s", (join) =>
      join.on("s.secret_id", "=", parameter<string>("secretId")).onRef("s.app_id", "=", "a.app_id"),
    )
    .leftJoin("revoked_tokens as r", (join) => join.on("r.jti", "in", jtis.map(parameter<string>)))
    .leftJoin("signing_keys as k", (join) => join.on("k.kid", "=", parameter<string>("kid")))
    .select(["p.gen as platform_gen", "a.gen as app_gen", "a.enabled"])
    .select(["i.gen as instance_gen", "i.state", "i.granted_scopes"])
    .select(["s.secret_id", "s.compromised_at", "r.jti as revoked_jti", "k.removed_at as key_removed_at"]);
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error("The platform has no row of its own; it was never initialised.");
  return row;
}
