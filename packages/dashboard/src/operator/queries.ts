import { queryOptions } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { listQuery, live } from "../api/list-query.ts";
import type { components, paths } from "../api/openapi.d.ts";
import { bodyOf } from "../api/queries.ts";

type Schemas = components["schemas"];
export type Account = Schemas["Account"];
export type ApiKey = Schemas["ApiKey"];
export type Approval = Schemas["Approval"];
export type AuditEntry = Schemas["AuditEntry"];
export type Counts = Schemas["Counts"];
export type InstallRequest = Schemas["InstallRequest"];
export type PlatformHealth = Schemas["PlatformHealth"];
export type Retention = Schemas["Retention"]["items"];
export type SigningKey = Schemas["SigningKey"];

type QueryOf<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Query } } }
  ? NonNullable<Query>
  : never;
/** Filters as they are in the address: the API checks them. */
type Filters = Readonly<Record<string, string | undefined>>;

export const healthQuery = queryOptions({
  queryKey: ["operator", "health"],
  queryFn: async () => bodyOf(await api.GET("/admin/v1/health")),
  ...live,
});

/** What all apps did in each minute or hour. */
export const countsQuery = (metric: Counts["metric"], step: Counts["step"]) =>
  queryOptions({
    queryKey: ["operator", "counts", metric, step],
    queryFn: async () => bodyOf(await api.GET("/admin/v1/counts", { params: { query: { metric, step } } })),
    ...live,
  });

export const signingKeysQuery = listQuery({
  queryKey: ["operator", "keys"],
  read: async (query) => bodyOf(await api.GET("/admin/v1/keys", { params: { query } })),
  live: true,
});

export const apiKeysQuery = listQuery({
  queryKey: ["operator", "api-keys"],
  read: async (query) => bodyOf(await api.GET("/admin/v1/api-keys", { params: { query } })),
  live: true,
});

/** A page of the audit log, newest first. */
export async function readAudit(query: QueryOf<"/admin/v1/audit">, signal?: AbortSignal) {
  return bodyOf(await api.GET("/admin/v1/audit", { params: { query }, ...(signal && { signal }) }));
}

export const auditQuery = (filters: Filters) =>
  listQuery({
    queryKey: ["operator", "audit", filters],
    read: async (page) => await readAudit({ ...filters, ...page } as QueryOf<"/admin/v1/audit">),
    live: true,
  });

export const accountsQuery = (filters: Filters) =>
  listQuery({
    queryKey: ["operator", "accounts", "list", filters],
    read: async (page) => {
      const query = { ...filters, ...page } as QueryOf<"/admin/v1/accounts">;
      return bodyOf(await api.GET("/admin/v1/accounts", { params: { query } }));
    },
  });

export const accountQuery = (accountId: string) =>
  queryOptions({
    queryKey: ["operator", "accounts", accountId],
    queryFn: async () =>
      bodyOf(await api.GET("/admin/v1/accounts/{accountId}", { params: { path: { accountId } } })),
    ...live,
  });

export const approvalsQuery = listQuery({
  queryKey: ["operator", "approvals"],
  read: async (query) => bodyOf(await api.GET("/admin/v1/approvals", { params: { query } })),
  live: true,
});

export const installRequestsQuery = listQuery({
  queryKey: ["operator", "install-requests"],
  read: async (page) => {
    const query = { state: "pending", ...page } as const;
    return bodyOf(await api.GET("/admin/v1/install-requests", { params: { query } }));
  },
  live: true,
});

export const retentionQuery = queryOptions({
  queryKey: ["operator", "retention"],
  queryFn: async () => bodyOf(await api.GET("/admin/v1/settings/retention")).items,
});

export const jobsQuery = (filters: Filters) =>
  listQuery({
    queryKey: ["jobs", "list", filters],
    read: async (page) => {
      const query = { ...filters, ...page } as QueryOf<"/admin/v1/jobs">;
      return bodyOf(await api.GET("/admin/v1/jobs", { params: { query } }));
    },
    live: true,
  });
