import { Checkbox, Group, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { JobButton } from "../../jobs/job-button.tsx";
import { Panel } from "../../parts/panel.tsx";
import type { WebhookDetails } from "./queries.ts";

const choices = { failed: "Failed", pending: "Pending", delivered: "Delivered" } as const;

/** Sends deliveries of a webhook again, after their count is shown. */
export function Replay({ webhook: { appId, state, webhookId } }: { webhook: WebhookDetails }): ReactNode {
  const [statuses, setStatuses] = useState<string[]>(["failed", "pending"]);
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const filter = {
    ...{ appId, webhookId, statuses },
    ...(from && { from: new Date(from).toISOString() }),
    ...(to && { to: new Date(to).toISOString() }),
  };
  const isSending = state === "active" || state === "failing";
  return (
    <Panel
      title="Replay"
      note="Sends deliveries again, those of an instance one after another, by sequence. They are counted before anything is sent."
    >
      <Checkbox.Group label="Deliveries" value={statuses} onChange={setStatuses}>
        <Group mt="xs">
          {Object.entries(choices).map(([status, label]) => (
            <Checkbox key={status} value={status} label={label} />
          ))}
        </Group>
      </Checkbox.Group>
      <Group align="end">
        <TextInput
          type="datetime-local"
          label="Created at or after"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          label="Created at or before"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      </Group>
      {isSending && statuses.length > 0 ? (
        <div>
          <JobButton
            label="Replay"
            text="Each delivery is sent again, with a new retry schedule."
            request={{ action: "replay", filter }}
            changes={["apps", appId]}
          />
        </div>
      ) : (
        <Text size="sm">
          {isSending
            ? "Choose at least one kind of delivery."
            : "Nothing is sent to this webhook now. Resume it first."}
        </Text>
      )}
    </Panel>
  );
}
