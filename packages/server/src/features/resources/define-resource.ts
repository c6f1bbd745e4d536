import { platformName } from "../../infrastructure/database/index.ts";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import { dottedName } from "../../infrastructure/routes/index.ts";
import { isReserved } from "../webhooks/index.ts";
import { asResource, type Resource, type ResourceDefinition } from "./resource.ts";

/**
 * Defines an API that runs in the platform's process, with routes, tables, permissions, scopes and event types. Pass it to `createPlatform` or `createTestPlatform`, or name its module in `LATCHKEY_RESOURCES`.
 *
 * Throws `resource_invalid` for a name that breaks a rule.
 *
 * @example
 * export const greetings = defineResource({
 *   name: "greetings",
 *   permissions: [{ permissionId: "GREETINGS.READ", description: "Read greetings" }],
 *   scopes: [{ scopeId: "SCOPE.GREETINGS.READ", name: "Read greetings", permissions: ["GREETINGS.READ"] }],
 *   routes: (platform) => [
 *     {
 *       method: "GET",
 *       path: "/greetings/v1/greeting",
 *       permission: "GREETINGS.READ",
 *       tag: "Greetings",
 *       operationId: "getGreeting",
 *       summary: "Get a greeting for the site of the token",
 *       responses: { 200: { description: "The greeting" } },
 *       async handle({ access }) {
 *         const site = await platform.readSite(platform.database.read, access.siteId);
 *         return jsonResponse({ greeting: `Hello ${site.name}` });
 *       },
 *     },
 *   ],
 * });
 */
export function defineResource<Tables>(definition: ResourceDefinition<Tables>): Resource {
  const resource = asResource(definition);
  const problem = problemOf(resource);
  if (problem !== undefined) {
    throw new OperatorError("resource_invalid", `Resource ${resource.name}: ${problem}.`);
  }
  return resource;
}

function problemOf(resource: Resource): string | undefined {
  const { eventTypes, migrations, name, permissions, scopes, tables } = resource;
  if (!/^[a-z][a-z0-9]{0,29}$/.test(name) || name === platformName) {
    return `the name must have 1 to 30 of a-z and 0-9, no digit first, and not be ${platformName}`;
  }
  const ownTable = new RegExp(`^${name}_[a-z0-9_]{1,32}$`);
  const table = tables.find((one) => !ownTable.test(one));
  if (table !== undefined) return `the table ${table} must begin with ${name}_ and have only a-z, 0-9 and _`;
  const migration = migrations.find((one) => !/^[a-z0-9-]{1,100}$/.test(one.name));
  if (migration !== undefined) return `the migration ${migration.name} must have only a-z, 0-9 and hyphens`;
  const names = [
    ...permissions.map(({ permissionId }) => permissionId),
    ...scopes.map(({ scopeId }) => scopeId),
    ...eventTypes.map(({ eventType }) => eventType),
  ];
  const badName = names.find((one) => !dottedName.safeParse(one).success);
  if (badName !== undefined) {
    return `${badName} must begin with a letter and have only letters, digits, dots, hyphens and underscores`;
  }
  const reserved = eventTypes.find(({ eventType }) => isReserved(eventType));
  if (reserved !== undefined) {
    return `${reserved.eventType} must not begin with latchkey., which is reserved for the platform`;
  }
  const migrationNames = migrations.map((one) => one.name);
  const repeated = migrationNames.find((one, index) => migrationNames.indexOf(one) !== index);
  return repeated === undefined ? undefined : `two migrations have the name ${repeated}`;
}
