import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Tagged } from "../../api/queries.ts";
import { UrlForm } from "../url-form.tsx";
import { useChangeWebhook } from "./changes.ts";
import { type WebhookDetails, webhookQuery } from "./queries.ts";

/** The URL of a webhook. */
export function AddressForm({ webhook }: { webhook: Tagged<WebhookDetails> }): ReactNode {
  const client = useQueryClient();
  const query = webhookQuery(webhook.appId, webhook.webhookId);
  return (
    <UrlForm
      title="URL"
      label="URL of the webhook"
      note="A new URL is used from the next attempt on, also for deliveries that wait."
      saved={webhook}
      read={() => client.fetchQuery({ ...query, staleTime: 0 })}
      change={useChangeWebhook(webhook)}
    />
  );
}
