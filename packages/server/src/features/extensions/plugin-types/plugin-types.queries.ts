import type { Queries, Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import { type Page, pageAfter, pageOf } from "../../../infrastructure/management/index.ts";
import { builtInPluginType, builtInPluginTypes } from "./built-in-types.ts";
import type { PluginMethod, PluginType } from "./plugin-type.ts";

/** Throws `SERVICE_PLUGIN_TYPE_NOT_FOUND`. */
export async function readPluginType(db: Queries, componentType: string): Promise<PluginType> {
  const builtIn = builtInPluginType(componentType);
  if (builtIn !== undefined) return builtIn;
  const row = await db
    .selectFrom("service_plugin_types")
    .select("methods")
    .where("component_type", "=", componentType)
    .executeTakeFirstOrThrow(() => new ApiError("SERVICE_PLUGIN_TYPE_NOT_FOUND"));
  return ownPluginType(componentType, row.methods);
}

/** A page of the types, built-in ones included, by name. */
export async function listPluginTypes(db: Queries, page: Page): Promise<PluginType[]> {
  const own = db.selectFrom("service_plugin_types").select(["component_type", "methods"]);
  const rows = await pageAfter(own, "component_type", page).execute();
  const types = [...builtInPluginTypes, ...rows.map((row) => ownPluginType(row.component_type, row.methods))];
  const byName = types.sort((one, other) => (one.componentType < other.componentType ? -1 : 1));
  return pageOf(byName, page, (type) => type.componentType);
}

/** Creates or replaces a type. Returns whether it existed. */
export async function putPluginType(trx: Write, type: PluginType, now: number): Promise<boolean> {
  const methods = JSON.stringify(type.methods);
  const updated = await trx
    .updateTable("service_plugin_types")
    .set({ methods, updated_at: now })
    .where("component_type", "=", type.componentType)
    .executeTakeFirst();
  if (updated.numUpdatedRows > 0n) return true;
  await trx
    .insertInto("service_plugin_types")
    .values({ component_type: type.componentType, methods, created_at: now, updated_at: now })
    .onConflict((conflict) => conflict.column("component_type").doUpdateSet({ methods, updated_at: now }))
    .execute();
  return false;
}

/** A type of the platform owner, from its stored methods. */
export function ownPluginType(componentType: string, methods: string): PluginType {
  return { componentType, methods: JSON.parse(methods) as PluginMethod[] };
}
