import type { Queries, Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
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
    .executeTakeFirst();
  if (row === undefined) throw new ApiError("SERVICE_PLUGIN_TYPE_NOT_FOUND");
  return ownPluginType(componentType, row.methods);
}

/** Every type, built-in ones included, in no order. */
export async function listPluginTypes(db: Queries): Promise<PluginType[]> {
  const rows = await db.selectFrom("service_plugin_types").select(["component_type", "methods"]).execute();
  return [...builtInPluginTypes, ...rows.map((row) => ownPluginType(row.component_type, row.methods))];
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
