import type { ExtensionsTable } from "../../infrastructure/database/index.ts";

export const extensionKinds = ["IFRAME_PAGE", "EXTERNAL_PAGE", "SERVICE_PLUGIN"] as const;

/** What an app adds to each site that it is installed on. */
export interface Extension {
  readonly extensionId: string;
  readonly appId: string;
  readonly kind: ExtensionsTable["kind"];
  /** The URL of a page, or the base URI of a service plugin. */
  readonly url: string;
  /** The type of a service plugin; null for pages. */
  readonly componentType: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export function toExtension(row: ExtensionsTable): Extension {
  return {
    extensionId: row.extension_id,
    appId: row.app_id,
    kind: row.kind,
    url: row.url,
    componentType: row.component_type,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
