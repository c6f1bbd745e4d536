import { maxTokenAncestors } from "@latchkey/protocol";
import { sql } from "kysely";
import {
  type Database,
  type ListParameter,
  listParameter,
  type ParameterOf,
  prepareQuery,
  type Queries,
  type SecurityColumns,
  type Write,
} from "../../infrastructure/database/index.ts";
import type { RequestedScope } from "../apps/index.ts";
import { parseGrant } from "../instances/index.ts";
import { type PermissionsOf, preparePermissionsOf } from "../permissions/index.ts";
import type { StoredClient } from "./request/client-authentication.ts";

/** Everything that decides on a token request, read in one query. Parts that were not found are null. */
export interface MintRow extends StoredClient {
  readonly app_gen: number | null;
  readonly token_format: string | null;
  readonly token_lifetime: number | null;
  readonly instance_id: string | null;
  readonly site_id: string | null;
  readonly state: string | null;
  readonly instance_gen: number | null;
  readonly granted_scopes: string | null;
  /** The signing key. */
  readonly kid: string | null;
}

/** A {@link MintRow} for each key that could sign. */
interface MintKeyRow extends MintRow {
  readonly active_at: number | null;
}

/** Everything that decides whether a token with a valid signature is valid now. Parts that were not found are null. */
export interface TokenStateRow extends SecurityColumns {
  readonly app_gen: number | null;
  readonly enabled: number | null;
  readonly instance_gen: number | null;
  readonly state: string | null;
  readonly granted_scopes: string | null;
  readonly secret_id: string | null;
  readonly compromised_at: number | null;
  readonly revoked_jti: string | null;
  readonly key_removed_at: number | null;
  /** Generation of the user's membership of the site. */
  readonly member_gen: number | null;
  /** JSON list of what the user's role permits; null for everything. */
  readonly role_permissions: string | null;
}

/** The ids in a token by which its {@link TokenStateRow} is read. */
export interface TokenKeys {
  readonly appId: string;
  readonly instanceId: string;
  readonly secretId: string;
  readonly jti: string;
  /** `jti` of the tokens that it was exchanged from. */
  readonly ancestors: readonly string[];
  readonly kid: string;
  /** The user, or the app. */
  readonly subject: string;
}

interface MintKey {
  readonly appId: string;
  readonly instanceId: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The prepared queries of the token endpoint and the token check. Minting and checking take one query each. */
export class TokenQueries {
  /** Returns the permissions that scopes bundle. */
  readonly permissionsOf: PermissionsOf;
  readonly #database: Database;
  readonly #digest: ListParameter;
  readonly #prepared: ReturnType<typeof prepareQueries>;

  /** @param digestCount number of digests of a presented secret: one for each master key */
  constructor(database: Database, digestCount: number) {
    this.permissionsOf = preparePermissionsOf(database);
    this.#database = database;
    this.#digest = listParameter("digest", digestCount);
    this.#prepared = prepareQueries(database, this.#digest);
  }

  async readMint({
    appId,
    digests,
    instanceId,
    now,
  }: MintKey & { digests: readonly string[] }): Promise<MintRow> {
    const key = { appId, instanceId, ...this.#digest.values(digests) };
    return await this.#database.lastSeen.read(async () =>
      withSigningKey(await this.#prepared.mint(key), now),
    );
  }

  /** Reads what {@link readMint} reads for a request with the app's primary secret. */
  async readMintByPrimary(key: MintKey): Promise<MintRow> {
    const primary = await this.#database.read
      .selectFrom("app_secrets")
      .select("digest")
      .where("app_id", "=", key.appId)
      .where("is_primary", "=", 1)
      .executeTakeFirstOrThrow();
    return await this.readMint({ ...key, digests: this.#digest.names.map(() => primary.digest) });
  }

  async readClient({ appId, digests }: { appId: string; digests: readonly string[] }): Promise<StoredClient> {
    const key = { appId, ...this.#digest.values(digests) };
    return await this.#database.lastSeen.read(async () => firstRow(await this.#prepared.client(key)));
  }

  async readState(token: TokenKeys): Promise<TokenStateRow> {
    return await this.#database.lastSeen.read(async () => firstRow(await this.#prepared.state(token)));
  }

  /** Returns the scopes that bundle a permission. */
  async scopesWith(permission: string): Promise<string[]> {
    return (await this.#prepared.scopes({ permission })).map((row) => row.scope_id);
  }

  /** The scopes that an instance has, and those that its app requests. */
  async readScopes(
    instanceId: string,
  ): Promise<{ granted: readonly string[]; requested: readonly string[] }> {
    const [row] = await this.#prepared.grant({ instanceId });
    const requested: RequestedScope[] = JSON.parse(row?.scopes ?? "[]");
    return {
      granted: parseGrant(row?.granted_scopes ?? "[]"),
      requested: requested.map(({ scopeId }) => scopeId),
    };
  }

  /** Whether a resource is registered with exactly this identifier. */
  async hasResource(identifier: string): Promise<boolean> {
    return (await this.#prepared.resource({ identifier })).length === 1;
  }
}

/** Returns an instance that is installed and whose app is enabled. */
export async function findInstalled(
  db: Queries,
  { appId, instanceId }: { appId: string; instanceId: string },
): Promise<{ instance_id: string; site_id: string } | undefined> {
  return await db
    .selectFrom("instances as i")
    .innerJoin("apps as a", "a.app_id", "i.app_id")
    .select(["i.instance_id", "i.site_id"])
    .where("i.instance_id", "=", instanceId)
    .where("i.app_id", "=", appId)
    .where("i.state", "=", "installed")
    .where("a.enabled", "=", 1)
    .where("a.deleted_at", "is", null)
    .executeTakeFirst();
}

/** Adds a token to the deny list, where it stays until it expires. */
export async function denyToken(trx: Write, token: { jti: string; expiresAt: number }): Promise<void> {
  await trx
    .insertInto("revoked_tokens")
    .values({ jti: token.jti, expires_at: token.expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function prepareQueries(database: Database, digest: ListParameter) {
  return {
    mint: prepareMint(database, digest),
    client: prepareQuery<StoredClient, string>(
      database,
      (db, parameter) => selectClient(db, parameter, digest),
      { isCached: hasSecret },
    ),
    state: prepareState(database),
    scopes: prepareQuery<{ scope_id: string }, "permission">(
      database,
      (db, parameter) =>
        db
          .selectFrom("scope_permissions")
          .select("scope_id")
          .where("permission_id", "=", parameter<string>("permission")),
      { isCached: always },
    ),
    grant: prepareQuery<{ granted_scopes: string; scopes: string }, "instanceId">(
      database,
      (db, parameter) =>
        db
          .selectFrom("instances as i")
          .innerJoin("apps as a", "a.app_id", "i.app_id")
          .select(["i.granted_scopes", "a.scopes"])
          .where("i.instance_id", "=", parameter<string>("instanceId")),
      { isCached: always },
    ),
    resource: prepareQuery<{ identifier: string }, "identifier">(
      database,
      (db, parameter) =>
        db
          .selectFrom("resources")
          .select("identifier")
          .where("identifier", "=", parameter<string>("identifier")),
      { isCached: always },
    ),
  };
}

/** A row is cached only for a client with a valid secret, so that anonymous requests do not fill the cache. */
function hasSecret({ secret_id }: StoredClient): boolean {
  return secret_id !== null;
}

function hasInstance(row: MintRow): boolean {
  return hasSecret(row) && row.instance_id !== null;
}

/** Caches every row: for queries by ids that a verified token or a route contains. */
function always(): boolean {
  return true;
}

function prepareMint(database: Database, digest: ListParameter) {
  const build = (db: Queries, parameter: ParameterOf<string>) =>
    selectClient(db, parameter, digest)
      .leftJoin("instances as i", (join) =>
        join.on("i.instance_id", "=", parameter<string>("instanceId")).onRef("i.app_id", "=", "a.app_id"),
      )
      .leftJoin("signing_keys as k", (join) => join.on("k.retired_at", "is", null))
      .select(["a.gen as app_gen", "a.token_format", "a.token_lifetime"])
      .select(["i.instance_id", "i.site_id", "i.state", "i.gen as instance_gen", "i.granted_scopes"])
      .select(["k.kid", "k.active_at"]);
  return prepareQuery<MintKeyRow, string>(database, build, { isCached: hasInstance });
}

/**
 * Returns the row with the newest active key. Without an active key, after the clock was set back, it returns the row
 * with the key that becomes active next. Sorting one or two rows in the database costs more than the rest of the query.
 */
function withSigningKey(rows: readonly MintKeyRow[], now: number): MintRow {
  const first = firstRow(rows);
  return rows.reduce(
    (one, other) => (signingOrder(other, now) < signingOrder(one, now) ? other : one),
    first,
  );
}

/** Active keys come first, the newest before the others; then announced keys, the next before the others. */
function signingOrder({ active_at }: MintKeyRow, now: number): number {
  if (active_at === null) return 0;
  return active_at <= now ? now - active_at : active_at;
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
    .select(["p.gen as platform_gen", "p.security_changes"])
    .select(["a.app_id", "a.enabled", "s.secret_id", "s.digest", "s.expires_at", "s.compromised_at"]);
}

/** Most tokens act as their app and are not exchanged: their query joins neither members nor ancestors. */
function prepareState(database: Database): (token: TokenKeys) => Promise<readonly TokenStateRow[]> {
  const ancestor = listParameter("ancestor", maxTokenAncestors);
  const ofApp = prepareQuery<TokenStateRow, string>(
    database,
    (db, parameter) =>
      selectState(db, parameter, ["jti"]).select([
        sql`null`.as("member_gen"),
        sql`null`.as("role_permissions"),
      ]),
    { isCached: always },
  );
  const complete = prepareQuery<TokenStateRow, string>(
    database,
    (db, parameter) =>
      selectState(db, parameter, ["jti", ...ancestor.names])
        .leftJoin("site_members as m", (join) =>
          join.onRef("m.site_id", "=", "i.site_id").on("m.account_id", "=", parameter<string>("subject")),
        )
        .leftJoin("roles as o", (join) => join.onRef("o.role", "=", "m.role"))
        .select(["m.gen as member_gen", "o.permissions as role_permissions"]),
    { isCached: always },
  );
  return ({ ancestors, ...token }) =>
    token.subject === token.appId && ancestors.length === 0
      ? ofApp(token)
      : complete({ ...token, ...ancestor.values(ancestors) });
}

/** @param jtis parameters. The query returns a row for each of them that is revoked, or one row when none is. */
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
    .select(["p.gen as platform_gen", "p.security_changes", "a.gen as app_gen", "a.enabled"])
    .select(["i.gen as instance_gen", "i.state", "i.granted_scopes"])
    .select(["s.secret_id", "s.compromised_at", "r.jti as revoked_jti", "k.removed_at as key_removed_at"]);
}

function firstRow<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error("The table platform is empty; the database was never initialised.");
  return row;
}
