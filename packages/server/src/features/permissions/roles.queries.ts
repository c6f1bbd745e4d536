import type { Queries, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { ownerRole } from "../../infrastructure/management/index.ts";

/** What members with this role may do on a site, and apps on their behalf. */
export interface Role {
  readonly role: string;
  /** Null: everything. */
  readonly permissions: readonly string[] | null;
}

export async function ensureOwnerRole(trx: Write, now: number): Promise<void> {
  await trx
    .insertInto("roles")
    .values({ role: ownerRole, permissions: null, created_at: now, updated_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function listRoles(db: Queries): Promise<Role[]> {
  const rows = await db.selectFrom("roles").selectAll().orderBy("role").execute();
  return rows.map(({ permissions, role }) => ({ role, permissions: parseRolePermissions(permissions) }));
}

/** Throws `ROLE_NOT_FOUND`. */
export async function requireRole(db: Queries, role: string): Promise<void> {
  const row = await db.selectFrom("roles").select("role").where("role", "=", role).executeTakeFirst();
  if (row === undefined) throw new ApiError("ROLE_NOT_FOUND");
}

/** Adds a role, or changes its permissions; the next call of its members uses them. */
export async function putRole(
  trx: Write,
  { now, permissions, role }: { role: string; permissions: readonly string[]; now: number },
): Promise<void> {
  const changed = { permissions: JSON.stringify(permissions), updated_at: now };
  await trx
    .insertInto("roles")
    .values({ role, ...changed, created_at: now })
    .onConflict((conflict) => conflict.column("role").doUpdateSet(changed))
    .execute();
}

/** Parses the stored permissions of a role; null for everything. */
export function parseRolePermissions(stored: string | null): readonly string[] | null {
  return stored === null ? null : (JSON.parse(stored) as string[]);
}
