import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Tagged } from "../../api/queries.ts";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Panel } from "../../parts/panel.tsx";
import { UrlForm } from "../url-form.tsx";
import { useChangeFormat, useChangeWebhook, type WebhookFormat } from "./changes.ts";
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

/** What each format is, for a choice. */
export const formatLabels: Readonly<Record<WebhookFormat, string>> = {
  jwt: "JWT, for the Latchkey SDK and @wix/sdk",
  json: "JSON, for libraries of Standard Webhooks",
};

/** The format of a webhook, which can be changed. */
export function Format({ webhook }: { webhook: WebhookDetails }): ReactNode {
  const change = useChangeFormat(webhook);
  const other = webhook.format === "jwt" ? "json" : "jwt";
  const otherName = other.toUpperCase();
  return (
    <Panel title="Format" note="What the body of each request is.">
      <Text size="sm">{formatLabels[webhook.format]}</Text>
      <div>
        <ConfirmButton
          label={`Send ${otherName}`}
          title={`Send ${otherName} from the next attempt on?`}
          text={`The endpoint must accept it: ${formatLabels[other]}. Deliveries that wait are sent in the new format too.`}
          change={change}
          input={other}
        />
      </div>
    </Panel>
  );
}
