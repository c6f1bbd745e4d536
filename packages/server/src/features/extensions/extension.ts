import type { ExtensionsTable } from "../../infrastructure/database/index.ts";

/** The kinds of extensions, as the wire names them. */
export const extensionKinds = ["IFRAME_PAGE", "EXTERNAL_PAGE", "SERVICE_PLUGIN"] as const;

/** What an app adds to each site that it is installed on. */
export interface Extension {
  readonly extensionId: string;
  readonly appId: string;
  readonly kind: ExtensionsTable["kind"];
  /** Of a page, or what the paths of a plugin's methods are appended to. */
  readonly url: string;
  /** Of a service plugin. */
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
