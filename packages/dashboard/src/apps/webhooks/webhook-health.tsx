import { Alert, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { When } from "../../parts/when.tsx";
import type { WebhookDetails } from "./queries.ts";

const pauseReasons = {
  manual: "Somebody paused it.",
  failing: "It was paused because no delivery succeeded for five days.",
  gone: "It was paused because the endpoint responded with 410.",
  unconfirmed: "Its address is not confirmed.",
} as const;

/** What the state of a webhook means, and what to do next. */
export function WebhookHealth({ webhook }: { webhook: WebhookDetails }): ReactNode {
  const { missingPermission } = webhook;
  return (
    <>
      {missingPermission && (
        <Alert color="yellow" title={`The app lacks the permission ${missingPermission}`}>
          No event of this type is sent. Request a scope that includes the permission; owners of sites approve
          it.
        </Alert>
      )}
      <Text component="div">
        <StateText webhook={webhook} />
      </Text>
    </>
  );
}

function StateText({ webhook }: { webhook: WebhookDetails }): ReactNode {
  const { confirmation, failingSince, failures, lastWarningPercent, pauseReason, pending, state } = webhook;
  const waiting = `${pending.toLocaleString()} ${pending === 1 ? "delivery waits" : "deliveries wait"}`;
  if (state === "paused") {
    return `${pauseReasons[pauseReason ?? "manual"]} Nothing is lost: ${waiting}, and new events are kept. They are sent, by sequence, when you resume it.`;
  }
  if (state === "unconfirmed") {
    return (
      <>
        The URL must accept a signed test event, and refuse one with a wrong signature. Until then events are
        kept; {waiting}. {confirmation.reason && <>The last test failed: {confirmation.reason} </>}
        {confirmation.nextAttemptAt ? (
          <>
            The next test is at <When at={confirmation.nextAttemptAt} />.
          </>
        ) : (
          "Send a test event to start again."
        )}
      </>
    );
  }
  if (state === "failing") {
    return (
      <>
        {failures === 1 ? "The last attempt" : `The last ${failures.toLocaleString()} attempts`} failed, since{" "}
        <When at={failingSince} />. After five days of failures the webhook is paused and its events are kept
        {lastWarningPercent > 0 && <>; {lastWarningPercent} % of this time has passed</>}. {waiting} for an
        attempt.
      </>
    );
  }
  return pending === 0 ? "Every event has been sent." : `${waiting} for an attempt.`;
}
