import { z } from "zod";
import { invalidField } from "../../infrastructure/errors/index.ts";
import { change, list, type ManagementRoute } from "../../infrastructure/management/index.ts";
import { resourceIdentifier, text } from "../../infrastructure/routes/index.ts";
import type { AuditLog } from "../audit/index.ts";
import { createResource, listResources } from "./resources.queries.ts";

const tag = "Permissions";

const resourceResponse = z
  .object({ identifier: z.string(), name: z.string() })
  .meta({ id: "Resource", description: "An API of yours, as the audience of access tokens" });

export function resourceRoutes({
  audit,
  publicUrl,
}: {
  readonly audit: AuditLog;
  readonly publicUrl: string;
}): readonly ManagementRoute[] {
  return [
    list({
      path: "/resources",
      tag,
      operationId: "listResources",
      summary: "List resources",
      scope: "permissions:read",
      accounts: ["developer"],
      servesBoundKeys: true,
      item: resourceResponse,
      find: ({ db, page }) => listResources(db, page),
      position: (resource) => resource.identifier,
      show: (resource) => resource,
    }),
    change({
      method: "POST",
      path: "/resources",
      tag,
      operationId: "createResource",
      summary: "Add an API of yours; apps can then request tokens for it by its identifier",
      scope: "permissions:write",
      example: { identifier: "https://api.example.com/bookings", name: "Bookings" },
      errors: ["RESOURCE_EXISTS"],
      body: z.strictObject({ identifier: resourceIdentifier, name: text(200) }),
      response: resourceResponse,
      async handle({ trx, actor, body, now }) {
        if (isAddressOf(publicUrl, body.identifier)) {
          const text = "is the address of the platform itself, whose APIs need no resource";
          throw invalidField("identifier", text, "FIELD_NOT_ALLOWED");
        }
        await createResource(trx, body, now);
        await audit.append(trx, actor, { action: "resource.created", details: body });
        return body;
      },
    }),
  ];
}

/** Whether an identifier is the platform's own audience, or could be taken for it. */
function isAddressOf(publicUrl: string, identifier: string): boolean {
  return URL.canParse(identifier) && new URL(identifier).href === `${publicUrl}/`;
}
