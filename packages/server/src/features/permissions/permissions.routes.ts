import { z } from "zod";
import { change, list, type ManagementRoute } from "../../infrastructure/management/index.ts";
import { dottedName, text } from "../../infrastructure/routes/index.ts";
import type { AuditLog } from "../audit/index.ts";
import { createPermission, createScope, listPermissions, listScopes } from "./permissions.queries.ts";

const tag = "Permissions";

const permissionId = dottedName.meta({ description: "Such as BOOKINGS.READ" });
const scopeId = dottedName.meta({ description: "Such as SCOPE.BOOKINGS.READ" });
const permissions = z.array(dottedName.meta({ description: "Such as WIX_DEVELOPERS.MANAGE_APP_INSTANCE" }));

const permissionResponse = z
  .object({ permissionId, description: z.string() })
  .meta({ id: "Permission", description: "What a caller needs to call a method" });

const scopeResponse = z
  .object({ scopeId, name: z.string(), permissions })
  .meta({ id: "Scope", description: "A named bundle of permissions that an app requests" });

/** Everybody who manages an app reads what it can request. */
const reading = {
  scope: "permissions:read",
  accounts: ["account"],
  portal: ["permissions"],
  servesBoundKeys: true,
} as const;

export function permissionRoutes(audit: AuditLog): readonly ManagementRoute[] {
  return [
    list({
      path: "/permissions",
      tag,
      operationId: "listPermissions",
      summary: "List permissions",
      ...reading,
      item: permissionResponse,
      find: ({ db, page }) => listPermissions(db, page),
      position: (permission) => permission.permissionId,
      show: (permission) => permission,
    }),
    list({
      path: "/scopes",
      tag,
      operationId: "listScopes",
      summary: "List scopes",
      ...reading,
      item: scopeResponse,
      find: ({ db, page }) => listScopes(db, page),
      position: (scope) => scope.scopeId,
      show: (scope) => ({ ...scope, permissions: [...scope.permissions] }),
    }),
    change({
      method: "POST",
      path: "/permissions",
      tag,
      operationId: "createPermission",
      summary: "Add a permission",
      scope: "permissions:write",
      example: { permissionId: "BOOKINGS.READ", description: "Read bookings" },
      errors: ["PERMISSION_EXISTS"],
      body: z.strictObject({ permissionId, description: text(500) }),
      response: permissionResponse,
      async handle({ trx, actor, body, now }) {
        await createPermission(trx, body, now);
        await audit.append(trx, actor, { action: "permission.created", details: body });
        return body;
      },
    }),
    change({
      method: "POST",
      path: "/scopes",
      tag,
      operationId: "createScope",
      summary: "Add a scope",
      scope: "permissions:write",
      example: {
        scopeId: "SCOPE.EXAMPLE.READ-INSTANCE",
        name: "Read the instance",
        permissions: ["WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
      },
      errors: ["SCOPE_EXISTS"],
      body: z.strictObject({ scopeId, name: text(200), permissions: permissions.min(1).max(100) }),
      response: scopeResponse,
      async handle({ trx, actor, body, now }) {
        const scope = { ...body, permissions: [...new Set(body.permissions)].sort() };
        await createScope(trx, scope, now);
        await audit.append(trx, actor, { action: "scope.created", details: scope });
        return scope;
      },
    }),
  ];
}
