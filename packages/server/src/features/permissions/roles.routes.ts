import { z } from "zod";
import { ApiError } from "../../infrastructure/errors/index.ts";
import {
  change,
  list,
  type ManagementRoute,
  ownerRole,
  pageOf,
} from "../../infrastructure/management/index.ts";
import { dottedName } from "../../infrastructure/routes/index.ts";
import type { AuditLog } from "../audit/index.ts";
import { requirePermissions } from "./permissions.queries.ts";
import { listRoles, putRole } from "./roles.queries.ts";

const tag = "Members";

/** Pages of apps get the name of the role as `permissions`. */
export const roleName: z.ZodString = z
  .string()
  .max(50)
  .regex(/^[A-Z][A-Z0-9_]*$/, "must have only capital letters, digits and underscores, and a letter first")
  .meta({ description: "Such as OWNER" });

const roleResponse = z
  .object({
    role: z.string(),
    permissions: z.array(z.string()).nullable().meta({ description: "Null: everything" }),
  })
  .meta({
    id: "Role",
    description: "What members with this role may do on a site, and apps on their behalf",
  });

export function roleRoutes(audit: AuditLog): readonly ManagementRoute[] {
  return [
    list({
      path: "/roles",
      tag,
      operationId: "listRoles",
      summary: "List roles",
      scope: "members:read",
      accounts: ["account"],
      item: roleResponse,
      find: async ({ db, page }) => pageOf(await listRoles(db), page, ({ role }) => role),
      position: ({ role }) => role,
      show: ({ permissions, role }) => ({ role, permissions: permissions && [...permissions] }),
    }),
    change({
      method: "PUT",
      path: "/roles/{role}",
      names: { role: roleName },
      tag,
      operationId: "putRole",
      summary: "Add a role, or change what it permits from the next call on",
      scope: "members:write",
      example: { permissions: ["WIX_DEVELOPERS.MANAGE_APP_INSTANCE"] },
      errors: ["ROLE_IS_BUILT_IN"],
      body: z.strictObject({ permissions: z.array(dottedName).max(200) }),
      response: roleResponse,
      async handle({ trx, actor, body: { permissions }, ids: { role }, now }) {
        if (role === ownerRole) throw new ApiError("ROLE_IS_BUILT_IN");
        await requirePermissions(trx, permissions, "permissions");
        await putRole(trx, { role, permissions, now });
        await audit.append(trx, actor, { action: "role.set", details: { role, permissions } });
        return { role, permissions };
      },
    }),
  ];
}
