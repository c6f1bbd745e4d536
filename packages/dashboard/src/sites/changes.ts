import { useQueryClient } from "@tanstack/react-query";
import { useChange } from "../api/changes.ts";
import { api } from "../api/client.ts";
import { bodyOf, type Tagged, taggedBodyOf } from "../api/queries.ts";
import { type InstallRequest, type Member, memberQuery, type SiteApp, siteAppQuery } from "./queries.ts";

const changedMeanwhile =
  "Somebody else changed this meanwhile. The page shows what is saved now: check it, then decide again.";

/** Creates a site. */
export const useCreateSite = () =>
  useChange(["sites"], async (body: { name: string }, header) =>
    bodyOf(await api.POST("/admin/v1/sites", { params: { header }, body })),
  );

/** Renames a site, unless somebody else has changed it. */
export const useRenameSite = (siteId: string) =>
  useChange(["sites"], async ({ etag, name }: Tagged<{ name: string }>) => {
    const params = { path: { siteId }, header: { "If-Match": etag } };
    return taggedBodyOf(await api.PATCH("/admin/v1/sites/{siteId}", { params, body: { name } }));
  });

/** Copies a site. */
export const useCopySite = (siteId: string) =>
  useChange(["sites"], async (_: undefined, header) =>
    bodyOf(await api.POST("/admin/v1/sites/{siteId}/copy", { params: { path: { siteId }, header } })),
  );

/** Deletes a site. */
export const useDeleteSite = (siteId: string) =>
  useChange(["sites"], async (_: undefined) => {
    await api.DELETE("/admin/v1/sites/{siteId}", { params: { path: { siteId } } });
  });

/** Sets the role of a member. It is refused when the member has another role than the person saw. */
export function usePutMember(siteId: string) {
  const client = useQueryClient();
  return useChange(
    ["sites", siteId],
    async ({ accountId, role, seen }: Pick<Member, "accountId" | "role"> & { seen: string | null }) => {
      const current = await client.fetchQuery({ ...memberQuery(siteId, accountId), staleTime: 0 });
      if ((current?.role ?? null) !== seen) throw new Error(changedMeanwhile);
      const params = { path: { siteId, accountId } };
      await api.PUT("/admin/v1/sites/{siteId}/members/{accountId}", { params, body: { role } });
    },
  );
}

/** Removes a member. */
export const useRemoveMember = (siteId: string) =>
  useChange(["sites", siteId], async (accountId: string) => {
    const params = { path: { siteId, accountId } };
    await api.DELETE("/admin/v1/sites/{siteId}/members/{accountId}", { params });
  });

/** What can happen to the instance of an app. */
export type InstanceAction = "remove" | "suspend" | "resume" | "revoke-tokens";

/** Removes, suspends or resumes an instance, or revokes its tokens. */
export const useChangeInstance = ({ instanceId, siteId }: SiteApp) =>
  useChange(["sites", siteId], async (action: InstanceAction, header) => {
    const path = { instanceId };
    const params = { path, header };
    if (action === "remove") await api.DELETE("/admin/v1/instances/{instanceId}", { params: { path } });
    if (action === "suspend") await api.POST("/admin/v1/instances/{instanceId}/suspend", { params });
    if (action === "resume") await api.POST("/admin/v1/instances/{instanceId}/resume", { params });
    if (action === "revoke-tokens")
      await api.POST("/admin/v1/instances/{instanceId}/revoke-tokens", { params });
  });

/** Scopes that an owner approves, as the complete grant, or withdraws. */
export type Decision = { readonly approve: string[] } | { readonly withdraw: string[] };

/** Approves or withdraws scopes. It is refused when the scopes are not those that the person saw. */
export function useDecide(app: SiteApp) {
  const client = useQueryClient();
  return useChange(["sites", app.siteId], async (decision: Decision, header) => {
    const current = await client.fetchQuery({ ...siteAppQuery(app), staleTime: 0 });
    const isSame = JSON.stringify(current.scopes) === JSON.stringify(app.scopes);
    if (!isSame || current.state !== app.state) throw new Error(changedMeanwhile);
    const params = { path: { instanceId: app.instanceId }, header };
    if ("approve" in decision) {
      const body = { grant: decision.approve };
      await api.POST("/admin/v1/instances/{instanceId}/approve", { params, body });
    } else {
      const body = { scopes: decision.withdraw };
      await api.POST("/admin/v1/instances/{instanceId}/withdraw", { params, body });
    }
  });
}

/** Declines a request to install an app. */
export const useDeclineRequest = (siteId: string) =>
  useChange(["sites", siteId], async ({ requestId }: Pick<InstallRequest, "requestId">, header) => {
    const params = { path: { siteId, requestId }, header };
    await api.POST("/admin/v1/sites/{siteId}/install-requests/{requestId}/decline", { params });
  });
