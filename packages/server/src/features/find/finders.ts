import type { Queries } from "../../infrastructure/database/index.ts";
import {
  type FoundRow,
  findAccount,
  findApiKey,
  findApp,
  findChange,
  findDeliveredEvent,
  findDelivery,
  findEvent,
  findExtension,
  findInstallRequest,
  findInstance,
  findJob,
  findPluginCall,
  findRefusedRequest,
  findRevokedToken,
  findSecret,
  findSigningKey,
  findSites,
  findWebhook,
  type Search,
} from "./finders.queries.ts";

/** What can be found. A change and a plugin call are found by the id of their request, a revoked token by its `jti`. */
export const foundTypes = [
  "app",
  "site",
  "instance",
  "event",
  "delivery",
  "webhook",
  "extension",
  "job",
  "account",
  "install-request",
  "signing-key",
  "refused-request",
  "change",
  "plugin-call",
  "revoked-token",
  "app-secret",
  "api-key",
  "access-token",
] as const;

export type FoundType = (typeof foundTypes)[number];

/** How a kind of object is found. */
export interface Finder {
  readonly type: FoundType;
  /** The operation that reads the object. Who may call it for the object finds the object. */
  readonly operation: string;
  /** Filters of the operation, each with the value that it gets. */
  readonly filters?: Readonly<Record<string, "id" | "appId" | "siteId">>;
  /** `false` when the operation does not show the object. */
  readonly linked?: false;
  find(db: Queries, search: Search): Promise<FoundRow[]>;
}

const byRequest = { requestId: "id", appId: "appId" } as const;

/** Finders of ids. Of finders of one kind, the first that finds something the caller may read is used. */
export const finders: readonly Finder[] = [
  { type: "app", operation: "getApp", find: findApp },
  { type: "site", operation: "getSite", find: findSites },
  { type: "instance", operation: "getInstance", find: findInstance },
  { type: "event", operation: "getEvent", find: findEvent },
  { type: "event", operation: "listEvents", find: findEvent },
  {
    type: "event",
    operation: "listDeliveries",
    filters: { eventId: "id", appId: "appId" },
    find: findDeliveredEvent,
  },
  { type: "delivery", operation: "getDelivery", find: findDelivery },
  { type: "webhook", operation: "getWebhook", find: findWebhook },
  { type: "extension", operation: "getExtension", find: findExtension },
  { type: "job", operation: "getJob", find: findJob },
  { type: "account", operation: "getAccount", find: findAccount },
  { type: "install-request", operation: "listInstallRequests", find: findInstallRequest },
  { type: "signing-key", operation: "listSigningKeys", find: findSigningKey },
  { type: "refused-request", operation: "listTokenLog", filters: byRequest, find: findRefusedRequest },
  {
    type: "change",
    operation: "listAuditEntries",
    filters: { ...byRequest, siteId: "siteId" },
    find: findChange,
  },
  { type: "plugin-call", operation: "listServicePluginCalls", filters: byRequest, find: findPluginCall },
  { type: "revoked-token", operation: "listTokenLog", linked: false, find: findRevokedToken },
];

/** Finders of secrets, by their ids and their values. */
export const secretFinders: readonly Finder[] = [
  { type: "app-secret", operation: "listAppSecrets", find: findSecret },
  { type: "api-key", operation: "listApiKeys", find: findApiKey },
];
