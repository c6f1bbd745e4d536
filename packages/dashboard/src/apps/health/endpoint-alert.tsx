import { Alert, Code, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { JobButton } from "../../jobs/job-button.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { When } from "../../parts/when.tsx";
import { useResume } from "./changes.ts";
import { type Webhook, webhookQuery } from "./queries.ts";

const maxFailingMs = 5 * 86_400_000;

const pauseReasons = {
  manual: "Somebody paused it.",
  failing: "It failed for five days.",
  gone: "It responded with 410 Gone.",
  unconfirmed: "It has not shown that it checks signatures.",
} as const;

/** Warns that an endpoint fails, or says that it is paused and how it continues. */
export function EndpointAlert({ webhook }: { webhook: Webhook }): ReactNode {
  return webhook.state === "paused" ? <Paused webhook={webhook} /> : <Failing webhook={webhook} />;
}

function Failing({ webhook }: { webhook: Webhook }): ReactNode {
  const { failingSince, failures, url } = webhook;
  const pausedAt = new Date(Date.parse(failingSince ?? "") + maxFailingMs);
  return (
    <Alert variant="default" title="This endpoint fails" role="status">
      <Text size="sm">
        <Code className="value">{url}</Code> has not accepted an event since <When at={failingSince} />{" "}
        (failures in a row: {failures.toLocaleString()}). It is paused on <When at={pausedAt.toISOString()} />{" "}
        unless it accepts one. You can replay failed deliveries.
      </Text>
      <Replay webhook={webhook} />
    </Alert>
  );
}

function Paused({ webhook }: { webhook: Webhook }): ReactNode {
  const { data } = useQuery(webhookQuery(webhook));
  const resume = useResume(webhook);
  const { pauseReason, pausedAt, url } = webhook;
  return (
    <Alert variant="default" title="Paused, nothing is lost" role="status">
      <Text size="sm">
        <Code className="value">{url}</Code> is paused since <When at={pausedAt} />.{" "}
        {pauseReason && pauseReasons[pauseReason]}{" "}
        {data &&
          `Waiting events: ${data.pending.toLocaleString()}. They are sent in order when you resume it.`}
      </Text>
      <Group mt="xs">
        <ConfirmButton
          label="Resume"
          title="Resume this webhook?"
          text="The events that wait are sent first, then new ones. Check that the endpoint works before you resume it."
          change={resume}
          input={undefined}
        />
      </Group>
    </Alert>
  );
}

function Replay({ webhook: { appId, webhookId } }: { webhook: Webhook }): ReactNode {
  return (
    <Group mt="xs">
      <JobButton
        label="Replay failed deliveries"
        text="Each failed delivery is sent again, by sequence."
        request={{ action: "resend", filter: { appId, webhookId, status: "failed" } }}
        changes={["apps", appId, "webhooks"]}
      />
    </Group>
  );
}
