import { useChange } from "../../api/changes.ts";
import { api } from "../../api/client.ts";

/** What can be done with an instance. */
export type InstanceAction = "suspend" | "resume" | "revoke-tokens" | "approve" | "remove";

/** Changes the state or the grant of an instance, or revokes its tokens. */
export const useChangeInstance = (instanceId: string) =>
  useChange(["instances", instanceId], async (action: InstanceAction, header) => {
    const path = { instanceId };
    const params = { path, header };
    if (action === "remove") await api.DELETE("/admin/v1/instances/{instanceId}", { params: { path } });
    if (action === "suspend") await api.POST("/admin/v1/instances/{instanceId}/suspend", { params });
    if (action === "resume") await api.POST("/admin/v1/instances/{instanceId}/resume", { params });
    if (action === "revoke-tokens")
      await api.POST("/admin/v1/instances/{instanceId}/revoke-tokens", { params });
    if (action === "approve")
      await api.POST("/admin/v1/instances/{instanceId}/approve", { params, body: {} });
  });
