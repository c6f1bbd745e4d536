import { useChange } from "../../api/changes.ts";
import { api } from "../../api/client.ts";
import { bodyOf, taggedBodyOf } from "../../api/queries.ts";
import type { SavedUrl } from "../url-form.tsx";
import type { WebhookDetails } from "./queries.ts";

/** The ids in the path of a webhook. */
export interface WebhookIds {
  readonly appId: string;
  readonly webhookId: string;
}

/** The format of the body of a webhook. */
export type WebhookFormat = WebhookDetails["format"];

/** Subscribes an app to an event type. */
export const useCreateWebhook = (appId: string) =>
  useChange(
    ["apps", appId],
    async (body: { eventType: string; url: string; format: WebhookFormat }, header) =>
      bodyOf(
        await api.POST("/admin/v1/apps/{appId}/webhooks", { params: { path: { appId }, header }, body }),
      ),
  );

/** Changes the address of a webhook, unless somebody else has changed it. */
export const useChangeWebhook = ({ appId, webhookId }: WebhookIds) =>
  useChange(["apps", appId], async ({ etag, url }: SavedUrl) => {
    const params = { path: { appId, webhookId }, header: { "If-Match": etag } };
    return taggedBodyOf(
      await api.PATCH("/admin/v1/apps/{appId}/webhooks/{webhookId}", { params, body: { url } }),
    );
  });

/** Changes the format of a webhook. */
export const useChangeFormat = ({ appId, webhookId }: WebhookIds) =>
  useChange(["apps", appId], async (format: WebhookFormat) =>
    bodyOf(
      await api.PATCH("/admin/v1/apps/{appId}/webhooks/{webhookId}", {
        params: { path: { appId, webhookId } },
        body: { format },
      }),
    ),
  );

/** Deletes a webhook. The page that shows it is left, so it is not read again. */
export const useDeleteWebhook = (path: WebhookIds) =>
  useChange(["apps", path.appId, "setup"], async (_: undefined) => {
    await api.DELETE("/admin/v1/apps/{appId}/webhooks/{webhookId}", { params: { path } });
  });

/** Pauses a webhook. */
export const usePauseWebhook = (path: WebhookIds) =>
  useChange(["apps", path.appId], async (_: undefined, header) =>
    bodyOf(await api.POST("/admin/v1/apps/{appId}/webhooks/{webhookId}/pause", { params: { path, header } })),
  );

/** Resumes a webhook. */
export const useResumeWebhook = (path: WebhookIds) =>
  useChange(["apps", path.appId], async (_: undefined, header) =>
    bodyOf(
      await api.POST("/admin/v1/apps/{appId}/webhooks/{webhookId}/resume", { params: { path, header } }),
    ),
  );

/** Creates a new signing secret. */
export const useRotateSecret = (path: WebhookIds) =>
  useChange(["apps", path.appId, "webhooks"], async (_: undefined, header) =>
    bodyOf(
      await api.POST("/admin/v1/apps/{appId}/webhooks/{webhookId}/rotate-secret", {
        params: { path, header },
      }),
    ),
  );

/** Sends a sample event. */
export const useTestWebhook = (path: WebhookIds) =>
  useChange(["apps", path.appId], async (_: undefined, header) =>
    bodyOf(
      await api.POST("/admin/v1/apps/{appId}/webhooks/{webhookId}/test", {
        params: { path, header },
        body: {},
      }),
    ),
  );
