import type { InstancesTable } from "../../infrastructure/database/index.ts";
import { parseGrant } from "./grant.ts";

export type InstanceState = InstancesTable["state"];

/** One app on one site. It keeps its id when it is removed and installed again. */
export interface Instance {
  readonly instanceId: string;
  readonly appId: string;
  readonly siteId: string;
  readonly state: InstanceState;
  /** The scopes that the owner approved, and the scope that every instance has. */
  readonly grant: readonly string[];
  /** Optional scopes that the owner was offered and did not approve. */
  readonly declined: readonly string[];
  /** Scopes of the grant that the platform approved for all sites, and the owner has not approved since. */
  readonly preApproved: readonly string[];
  /** On a copied site: the instance on the original site. */
  readonly originInstanceId: string | null;
  /** When the app reported that its setup is complete. */
  readonly setupCompletedAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastTokenAt: number | null;
}

export interface InstanceRow extends InstancesTable {
  readonly last_token_at: number | null;
}

export function toInstance(row: InstanceRow): Instance {
  return {
    instanceId: row.instance_id,
    appId: row.app_id,
    siteId: row.site_id,
    state: row.state,
    grant: parseGrant(row.granted_scopes),
    declined: parseGrant(row.declined_scopes ?? "[]"),
    preApproved: parseGrant(row.pre_approved_scopes ?? "[]"),
    originInstanceId: row.origin_instance_id,
    setupCompletedAt: row.setup_completed_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastTokenAt: row.last_token_at,
  };
}
