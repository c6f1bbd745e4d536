import { useChange } from "../../api/changes.ts";
import { api } from "../../api/client.ts";
import type { Webhook } from "./queries.ts";

/** Resumes a paused webhook; the events that it missed are sent first. */
export const useResume = ({ appId, webhookId }: Webhook) =>
  useChange(["apps", appId, "webhooks"], async (_: undefined, header) => {
    await api.POST("/admin/v1/apps/{appId}/webhooks/{webhookId}/resume", {
      params: { path: { appId, webhookId }, header },
    });
  });
