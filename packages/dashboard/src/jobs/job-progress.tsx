import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { type Job, jobQuery, useCancelJob } from "./jobs.ts";

interface JobProgressProps {
  readonly jobId: string;
  readonly changes: readonly unknown[];
  readonly close: () => void;
}

/** The progress of a job, with a button that cancels it. The job goes on when this is closed. */
export function JobProgress({ changes, close, jobId }: JobProgressProps): ReactNode {
  const client = useQueryClient();
  const { data: job, error } = useQuery(jobQuery(jobId));
  const cancel = useCancelJob(jobId);
  const hasEnded = job?.endedAt != null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are read again once, when the job ends
  useEffect(() => {
    if (hasEnded) void client.invalidateQueries({ queryKey: changes });
  }, [hasEnded]);
  return (
    <Stack>
      <ProblemAlert error={cancel.error ?? error} />
      {job && (
        <>
          <Progress
            value={percentOf(job)}
            aria-label="Progress"
            color={job.state === "failed" ? "red" : "blue"}
          />
          <Text role="status">{textOf(job)}</Text>
        </>
      )}
      <Group justify="flex-end">
        {!hasEnded && (
          <Button
            variant="default"
            loading={cancel.isPending}
            onClick={() => cancel.run(undefined).catch(() => {})}
          >
            Cancel the job
          </Button>
        )}
        <Button onClick={close}>Close</Button>
      </Group>
    </Stack>
  );
}

function percentOf({ done, failed, state, total }: Job): number {
  if (state === "done") return 100;
  return total === 0 ? 0 : Math.min(100, (100 * (done + failed)) / total);
}

const states = {
  pending: "Waiting",
  running: "Running",
  done: "Done",
  canceled: "Canceled",
  failed: "Ended by the server",
};

function textOf({ done, error, failed, state, total }: Job): string {
  const failures = failed > 0 ? `, ${failed.toLocaleString()} could not be changed (${error})` : "";
  return `${states[state]}: ${done.toLocaleString()} of ${total.toLocaleString()}${failures}`;
}
