import type { Write } from "../../infrastructure/database/index.ts";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import { builtInPermissions, builtInScopes } from "./built-in.ts";
import { bundle, type Permission, type Scope } from "./permissions.queries.ts";
import { ensureOwnerRole } from "./roles.queries.ts";

/** The permissions and scopes that the resource `name` declares. */
export interface DeclaredPermissions {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly scopes: readonly Scope[];
}

/**
 * Stores the permissions and scopes of the platform and of the configured resources, and the role OWNER. Scopes of
 * resources that are not configured bundle nothing. Throws `resource_collision` when one of them was created with the
 * management API.
 */
export async function ensurePermissions(
  trx: Write,
  resources: readonly DeclaredPermissions[],
  now: number,
): Promise<void> {
  await trx
    .deleteFrom("scope_permissions")
    .where("scope_id", "in", (db) =>
      db.selectFrom("scopes").select("scope_id").where("resource", "is not", null),
    )
    .execute();
  await store(trx, { ...builtIns, resource: null }, now);
  for (const declared of resources) {
    await requireUnused(trx, declared);
    await store(trx, { ...declared, resource: declared.name }, now);
  }
  await ensureOwnerRole(trx, now);
}

const builtIns: Pick<DeclaredPermissions, "permissions" | "scopes"> = {
  permissions: Object.entries(builtInPermissions).map(([permissionId, description]) => ({
    permissionId,
    description,
  })),
  scopes: Object.entries(builtInScopes).map(([scopeId, scope]) => ({ scopeId, ...scope })),
};

async function store(
  trx: Write,
  { permissions, resource, scopes }: Omit<DeclaredPermissions, "name"> & { resource: string | null },
  now: number,
): Promise<void> {
  for (const { description, permissionId } of permissions) {
    await trx
      .insertInto("permissions")
      .values({ permission_id: permissionId, description, resource, created_at: now })
      .onConflict((conflict) => conflict.column("permission_id").doUpdateSet({ description, resource }))
      .execute();
  }
  for (const { name, permissions: bundled, scopeId } of scopes) {
    await trx
      .insertInto("scopes")
      .values({ scope_id: scopeId, name, resource, created_at: now })
      .onConflict((conflict) => conflict.column("scope_id").doUpdateSet({ name, resource }))
      .execute();
    await bundle(trx, scopeId, bundled);
  }
}

async function requireUnused(trx: Write, { name, permissions, scopes }: DeclaredPermissions): Promise<void> {
  const takenPermission = await trx
    .selectFrom("permissions")
    .select("permission_id as id")
    .where("permission_id", "in", ["", ...permissions.map(({ permissionId }) => permissionId)])
    .where("resource", "is", null)
    .executeTakeFirst();
  const takenScope = await trx
    .selectFrom("scopes")
    .select("scope_id as id")
    .where("scope_id", "in", ["", ...scopes.map(({ scopeId }) => scopeId)])
    .where("resource", "is", null)
    .executeTakeFirst();
  const taken = takenPermission ?? takenScope;
  if (taken === undefined) return;
  const kind = taken === takenPermission ? "permission" : "scope";
  throw new OperatorError(
    "resource_collision",
    `The resource ${name} declares the ${kind} ${taken.id}, which was created with the management API.`,
  );
}
