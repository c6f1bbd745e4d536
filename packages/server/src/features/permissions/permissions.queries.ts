import type { FieldViolation } from "@latchkey/protocol";
import {
  type Database,
  listParameter,
  prepareQuery,
  type Queries,
  type Write,
} from "../../infrastructure/database/index.ts";
import { ApiError, ValidationError } from "../../infrastructure/errors/index.ts";
import { type Page, pageAfter } from "../../infrastructure/management/index.ts";

/** What a caller needs to call a method. */
export interface Permission {
  readonly permissionId: string;
  readonly description: string;
}

/** A named bundle of permissions that an app requests. */
export interface Scope {
  readonly scopeId: string;
  readonly name: string;
  readonly permissions: readonly string[];
}

/** Throws `PERMISSION_EXISTS`. */
export async function createPermission(trx: Write, permission: Permission, now: number): Promise<void> {
  const result = await trx
    .insertInto("permissions")
    .values({
      permission_id: permission.permissionId,
      description: permission.description,
      resource: null,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows === 0n) throw new ApiError("PERMISSION_EXISTS");
}

/** Throws `SCOPE_EXISTS`, and a violation for each permission that does not exist. */
export async function createScope(trx: Write, scope: Scope, now: number): Promise<void> {
  await requirePermissions(trx, scope.permissions, "permissions");
  const result = await trx
    .insertInto("scopes")
    .values({ scope_id: scope.scopeId, name: scope.name, resource: null, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows === 0n) throw new ApiError("SCOPE_EXISTS");
  await bundle(trx, scope.scopeId, scope.permissions);
}

export async function listPermissions(db: Queries, page: Page): Promise<Permission[]> {
  const permissions = db.selectFrom("permissions").select(["permission_id as permissionId", "description"]);
  return await pageAfter(permissions, "permission_id", page).execute();
}

export async function listScopes(db: Queries, page: Page): Promise<Scope[]> {
  const scopes = await pageAfter(db.selectFrom("scopes").selectAll(), "scope_id", page).execute();
  const bundles = await db
    .selectFrom("scope_permissions")
    .selectAll()
    .where("scope_id", "in", ["", ...scopes.map((scope) => scope.scope_id)])
    .orderBy("permission_id")
    .execute();
  return scopes.map((scope) => ({
    scopeId: scope.scope_id,
    name: scope.name,
    permissions: bundles.filter((row) => row.scope_id === scope.scope_id).map((row) => row.permission_id),
  }));
}

/** Throws a violation at `field[n]` for each unknown permission. */
export async function requirePermissions(
  db: Queries,
  permissionIds: readonly string[],
  field: string,
): Promise<void> {
  const known = await db
    .selectFrom("permissions")
    .select("permission_id as id")
    .where("permission_id", "in", [...permissionIds, ""])
    .execute();
  requireKnown(permissionIds, known, { field, kind: "permission" });
}

/** Throws a violation at `field[n]` for each unknown scope. */
export async function requireScopes(db: Queries, scopeIds: readonly string[], field: string): Promise<void> {
  const known = await db
    .selectFrom("scopes")
    .select("scope_id as id")
    .where("scope_id", "in", [...scopeIds, ""])
    .execute();
  requireKnown(scopeIds, known, { field, kind: "scope" });
}

/** The name of each scope, and the permissions that it bundles, by scope id. */
export async function describeScopes(
  db: Queries,
  scopeIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly name: string; readonly permissions: readonly Permission[] }>> {
  if (scopeIds.length === 0) return new Map();
  const scopes = await db
    .selectFrom("scopes")
    .select(["scope_id", "name"])
    .where("scope_id", "in", scopeIds)
    .execute();
  const bundled = await db
    .selectFrom("scope_permissions as bundle")
    .innerJoin("permissions as p", "p.permission_id", "bundle.permission_id")
    .select(["bundle.scope_id", "p.permission_id as permissionId", "p.description"])
    .where("bundle.scope_id", "in", scopeIds)
    .orderBy("p.permission_id")
    .execute();
  return new Map(
    scopes.map(({ name, scope_id }) => {
      const permissions = bundled
        .filter((row) => row.scope_id === scope_id)
        .map(({ description, permissionId }) => ({ permissionId, description }));
      return [scope_id, { name, permissions }];
    }),
  );
}

/** Scopes per query; most tokens have fewer. */
const scopeBatch = 16;

export type PermissionsOf = (scopes: readonly string[]) => Promise<string[]>;

/** Prepares a query that returns the permissions that scopes bundle, sorted. */
export function preparePermissionsOf(database: Database): PermissionsOf {
  const scope = listParameter("scope", scopeBatch);
  const find = prepareQuery<{ permission_id: string }, string>(
    database,
    (db, parameter) =>
      db
        .selectFrom("scope_permissions")
        .select("permission_id")
        .where("scope_id", "in", scope.names.map(parameter<string>)),
    { isCached: () => true },
  );
  return async (scopes) => {
    const found = new Set<string>();
    for (let start = 0; start < scopes.length; start += scopeBatch) {
      const batch = scope.values(scopes.slice(start, start + scopeBatch));
      for (const row of await find(batch)) found.add(row.permission_id);
    }
    return [...found].sort();
  };
}

/** Whether one of the scopes bundles a permission. */
export async function bundlesPermission(
  db: Queries,
  scopes: readonly string[],
  permission: string,
): Promise<boolean> {
  const found = await db
    .selectFrom("scope_permissions")
    .select("scope_id")
    .where("permission_id", "=", permission)
    .where("scope_id", "in", ["", ...scopes])
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** Adds permissions to a scope. */
export async function bundle(trx: Write, scopeId: string, permissions: readonly string[]): Promise<void> {
  if (permissions.length === 0) return;
  await trx
    .insertInto("scope_permissions")
    .values(permissions.map((permission_id) => ({ scope_id: scopeId, permission_id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function requireKnown(
  ids: readonly string[],
  known: readonly { id: string }[],
  { field, kind }: { field: string; kind: string },
): void {
  const knownIds = new Set(known.map(({ id }) => id));
  const violations = ids.flatMap((id, index): FieldViolation[] => {
    if (knownIds.has(id)) return [];
    const description = `is not the id of a ${kind} of this platform`;
    return [{ field: `${field}[${index}]`, description, violatedRule: "INVALID_ENUM_VALUE" }];
  });
  if (violations.length > 0) throw new ValidationError(violations);
}
