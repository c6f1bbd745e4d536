import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { When } from "../../parts/when.tsx";
import { outcomeText } from "./outcomes.ts";
import type { Attempt } from "./queries.ts";

type Summary = Pick<Attempt, "outcome" | "status" | "detail" | "durationMs" | "startedAt">;

/** What became of an attempt, in one line. */
export function AttemptSummary({ attempt }: { attempt: Summary }): ReactNode {
  const { detail, durationMs, outcome, startedAt, status } = attempt;
  return (
    <Text size="sm">
      <strong>
        {outcomeText(outcome)}
        {status !== null && ` (${status})`}
      </strong>{" "}
      after {durationMs.toLocaleString()} ms, <When at={startedAt} />
      {detail !== null && <>. {detail}</>}
    </Text>
  );
}
