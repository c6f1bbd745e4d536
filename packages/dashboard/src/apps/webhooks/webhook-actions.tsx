import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { useDeleteWebhook, usePauseWebhook, useResumeWebhook } from "./changes.ts";
import type { WebhookDetails } from "./queries.ts";

/** Buttons that pause, resume and delete a webhook. */
export function WebhookActions({ webhook }: { webhook: WebhookDetails }): ReactNode {
  const { appId, pausedAt, pending, state } = webhook;
  const pause = usePauseWebhook(webhook);
  const resume = useResumeWebhook(webhook);
  const remove = useDeleteWebhook(webhook);
  const navigate = useNavigate();
  const leave = {
    ...remove,
    run: (input: undefined) => remove.run(input).then(() => navigate({ to: `/apps/${appId}/webhooks` })),
  };
  const waiting = pending.toLocaleString();
  return (
    <>
      {pausedAt === null && (
        <ConfirmButton
          label="Pause"
          title="Pause this webhook?"
          text="Nothing is sent until you resume it. Its events are kept and sent then, so nothing is lost."
          change={pause}
          input={undefined}
        />
      )}
      {state === "paused" && (
        <ConfirmButton
          label="Resume"
          title="Resume this webhook?"
          text={`Deliveries that wait are sent first, by sequence: ${waiting} now.`}
          change={resume}
          input={undefined}
        />
      )}
      <ConfirmButton
        label="Delete"
        title="Delete this webhook?"
        text={`Its pending deliveries are canceled: ${waiting} now. Events of this type are no longer sent to its URL.`}
        change={leave}
        input={undefined}
        danger
      />
    </>
  );
}
