import { platformName, platformTables } from "../../infrastructure/database/index.ts";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import { type AccessTokenRoute, type Route, tagDescriptions } from "../../infrastructure/routes/index.ts";
import { builtInPermissions, builtInScopes } from "../permissions/index.ts";
import { builtInEventTypes } from "../webhooks/index.ts";
import type { OpenResource } from "./open-resource.ts";
import type { Resource } from "./resource.ts";

/** An id that only one owner, a resource or the platform, may declare. */
interface Declaration {
  readonly owner: string;
  /** Such as `permission`. */
  readonly kind: string;
  readonly id: string;
}

/** First segments of paths that belong to the platform, used or not. */
const reservedSegments: ReadonlySet<string> = new Set([
  ".well-known",
  "admin",
  "app-installations",
  "app-installer",
  "apps",
  "dashboard",
  "docs",
  "forward-auth",
  "healthz",
  "installer",
  "metrics",
  "oauth",
  "oauth2",
  "openapi.json",
  "portal",
  "readyz",
  "sign-in",
  "sign-out",
  "sign-up",
]);

/**
 * Checks the declarations of resources before anything is stored. Throws `resource_collision` for an id that two owners
 * declare, and `resource_invalid` for a scope or an event type whose permission is not declared.
 */
export function checkDeclarations(resources: readonly Resource[]): void {
  requireDistinct([...platformDeclarations(), ...resources.flatMap(resourceDeclarations)]);
  const known = knownPermissions(resources);
  for (const { eventTypes, name, scopes } of resources) {
    for (const { permissions, scopeId } of scopes) {
      for (const id of permissions) requirePermission(known, id, `Resource ${name}: the scope ${scopeId}`);
    }
    for (const { eventType, permissionId } of eventTypes) {
      if (permissionId === undefined) continue;
      requirePermission(known, permissionId, `Resource ${name}: the event type ${eventType}`);
    }
  }
}

/**
 * Checks the routes of resources. Throws `resource_collision` for a route or an operation id that two owners declare,
 * and `resource_invalid` for a path of the platform and for a permission that is not declared.
 */
export function checkRoutes(
  resources: readonly Resource[],
  opened: readonly OpenResource[],
  platformRoutes: readonly Route[],
): void {
  for (const { name, routes } of opened) for (const route of routes) requireOwnPaths(name, route);
  requireDistinct([
    ...platformRoutes.flatMap((route) => routeDeclarations(platformName, route)),
    ...opened.flatMap(({ name, routes }) => routes.flatMap((route) => routeDeclarations(name, route))),
  ]);
  const known = knownPermissions(resources);
  for (const { name, routes } of opened) {
    for (const { method, path, permission } of routes) {
      requirePermission(known, permission, `Resource ${name}: the route ${method} ${path}`);
    }
  }
}

function declare(owner: string, idsByKind: Readonly<Record<string, readonly string[]>>): Declaration[] {
  return Object.entries(idsByKind).flatMap(([kind, ids]) => ids.map((id) => ({ owner, kind, id })));
}

function platformDeclarations(): Declaration[] {
  return declare(platformName, {
    permission: Object.keys(builtInPermissions),
    scope: Object.keys(builtInScopes),
    "event type": builtInEventTypes.map(({ eventType }) => eventType),
    table: [...platformTables()],
    tag: Object.keys(tagDescriptions),
  });
}

function resourceDeclarations(resource: Resource): Declaration[] {
  return declare(resource.name, {
    resource: [resource.name],
    permission: resource.permissions.map(({ permissionId }) => permissionId),
    scope: resource.scopes.map(({ scopeId }) => scopeId),
    "event type": resource.eventTypes.map(({ eventType }) => eventType),
    table: resource.tables,
    tag: resource.tags.map(({ name }) => name),
  });
}

type RouteIdentity = Pick<Route, "method" | "path" | "aliases" | "operationId">;

/** Two paths that differ only in the names of their parameters are the same route. */
function routeDeclarations(owner: string, route: RouteIdentity): Declaration[] {
  const paths = [route.path, ...(route.aliases ?? [])];
  return declare(owner, {
    route: paths.map((path) => `${route.method} ${path.replaceAll(/\{\w+/g, "{")}`),
    operation: [route.operationId],
  });
}

function requireOwnPaths(resource: string, { aliases = [], method, path: mainPath }: AccessTokenRoute): void {
  for (const path of [mainPath, ...aliases]) {
    const [root, first = ""] = path.split("/");
    const route = `Resource ${resource}: the route ${method} ${path}`;
    if (root !== "" || first === "" || first.includes("{")) {
      throw new OperatorError(
        "resource_invalid",
        `${route} must begin with a fixed segment, such as /tours.`,
      );
    }
    const reserved = first.toLowerCase();
    if (reservedSegments.has(reserved)) {
      throw new OperatorError(
        "resource_invalid",
        `${route} must not begin with /${reserved}, which is reserved for the platform.`,
      );
    }
  }
}

function requireDistinct(declarations: readonly Declaration[]): void {
  const owners = new Map<string, string>();
  for (const { id, kind, owner } of declarations) {
    const key = `${kind} ${id}`;
    const other = owners.get(key);
    if (other !== undefined) {
      throw new OperatorError("resource_collision", `${other} and ${owner} both declare the ${key}.`);
    }
    owners.set(key, owner);
  }
}

function knownPermissions(resources: readonly Resource[]): ReadonlySet<string> {
  const declared = resources.flatMap(({ permissions }) => permissions.map((one) => one.permissionId));
  return new Set([...Object.keys(builtInPermissions), ...declared]);
}

function requirePermission(known: ReadonlySet<string>, permission: string, what: string): void {
  if (known.has(permission)) return;
  throw new OperatorError("resource_invalid", `${what} needs ${permission}, which is not declared.`);
}
