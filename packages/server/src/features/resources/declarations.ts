import { platformName, platformTables } from "../../infrastructure/database/index.ts";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import type { Route } from "../../infrastructure/routes/index.ts";
import { builtInPermissions, builtInScopes } from "../permissions/index.ts";
import { builtInEventTypes } from "../webhooks/index.ts";
import type { OpenResource } from "./open-resource.ts";
import type { Resource } from "./resource.ts";

/** Something that only one owner, a resource or the platform, may declare. */
interface Declaration {
  readonly owner: string;
  readonly kind: "resource" | "permission" | "scope" | "event type" | "table" | "route" | "operation";
  readonly id: string;
}

/**
 * Checks what resources declare, before anything is stored.
 *
 * Throws `resource_collision` for what two of them, or one and the platform, declare; `resource_invalid` for a scope or
 * an event type whose permission nobody declares.
 */
export function checkDeclarations(resources: readonly Resource[]): void {
  requireDistinct([...platformDeclarations(), ...resources.flatMap(declarationsOf)]);
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

/** As {@link checkDeclarations}, for the routes of resources and of the platform. */
export function checkRoutes(
  resources: readonly Resource[],
  opened: readonly OpenResource[],
  platformRoutes: readonly Route[],
): void {
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

function platformDeclarations(): Declaration[] {
  const owner = platformName;
  return [
    ...Object.keys(builtInPermissions).map((id) => ({ owner, kind: "permission" as const, id })),
    ...Object.keys(builtInScopes).map((id) => ({ owner, kind: "scope" as const, id })),
    ...builtInEventTypes.map(({ eventType: id }) => ({ owner, kind: "event type" as const, id })),
    ...[...platformTables()].map((id) => ({ owner, kind: "table" as const, id })),
  ];
}

function declarationsOf({ eventTypes, name: owner, permissions, scopes, tables }: Resource): Declaration[] {
  return [
    { owner, kind: "resource", id: owner },
    ...permissions.map(({ permissionId: id }) => ({ owner, kind: "permission" as const, id })),
    ...scopes.map(({ scopeId: id }) => ({ owner, kind: "scope" as const, id })),
    ...eventTypes.map(({ eventType: id }) => ({ owner, kind: "event type" as const, id })),
    ...tables.map((id) => ({ owner, kind: "table" as const, id })),
  ];
}

type RouteIdentity = Pick<Route, "method" | "path" | "aliases" | "operationId">;

/** Paths that differ only in the names of their parameters are one path. */
function routeDeclarations(owner: string, route: RouteIdentity): Declaration[] {
  const paths = [route.path, ...(route.aliases ?? [])];
  return [
    ...paths.map((path) => ({
      ...{ owner, kind: "route" as const },
      id: `${route.method} ${path.replaceAll(/\{\w+/g, "{")}`,
    })),
    { owner, kind: "operation", id: route.operationId },
  ];
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
  throw new OperatorError("resource_invalid", `${what} needs ${permission}, which nobody declares.`);
}
