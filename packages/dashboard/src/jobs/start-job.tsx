import { Button, Group, Loader, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { countQuery, type JobRequest, useStartJob } from "./jobs.ts";

interface StartJobProps {
  readonly label: string;
  readonly text: string;
  readonly request: JobRequest;
  readonly started: (jobId: string) => void;
  readonly close: () => void;
}

/** Shows how many rows a job concerns before it starts. */
export function StartJob({ close, label, request, started, text }: StartJobProps): ReactNode {
  const { data, error, isFetching, refetch } = useQuery(countQuery(request));
  const start = useStartJob();
  const run = (confirmCount: number) =>
    start.run({ ...request, confirmCount }).then(
      ({ jobId }) => started(jobId),
      // The number may have changed meanwhile.
      () => refetch(),
    );
  return (
    <Stack>
      <Text size="sm">{text} You can cancel while it runs; what is done stays done.</Text>
      {isFetching && <Loader size="sm" aria-label="Counting" />}
      {data && <Text fw={600}>{rows(data)}</Text>}
      <ProblemAlert error={start.error ?? error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Close
        </Button>
        <Button
          loading={start.isPending}
          disabled={data === undefined || data.count === 0}
          onClick={() => data && run(data.count)}
        >
          {label}
        </Button>
      </Group>
    </Stack>
  );
}

function rows({ count, more }: { count: number; more: boolean }): string {
  if (count === 0) return "The filter selects nothing.";
  return `${more ? "At least " : ""}${count.toLocaleString()} selected`;
}
