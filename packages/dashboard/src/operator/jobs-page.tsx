import { Badge, Code, Group, Stack, Text } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type Job, useCancelJob } from "../jobs/jobs.ts";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { Empty } from "../parts/empty.tsx";
import { Filters } from "../parts/filters.tsx";
import { type Column, List } from "../parts/list.tsx";
import { When } from "../parts/when.tsx";
import { jobsQuery } from "./queries.ts";

const states = {
  pending: "Waiting",
  running: "Running",
  done: "Done",
  canceled: "Canceled",
  failed: "Ended by the server",
};

const actions = {
  ...{ resend: "Resend", replay: "Replay", cancel: "Cancel deliveries" },
  ...{ "revoke-tokens": "Revoke tokens", approve: "Approve" },
};

const filters = [
  { name: "action", label: "Action", options: actions },
  { name: "state", label: "State", options: states },
] as const;

const columns: readonly Column<Job>[] = [
  { heading: "Action", cell: (job) => <Action job={job} /> },
  { heading: "Progress", cell: (job) => <Progress job={job} /> },
  { heading: "By", from: "md", cell: ({ createdBy }) => <Code>{createdBy}</Code> },
  { heading: "Started", from: "sm", cell: ({ createdAt }) => <When at={createdAt} /> },
  { heading: "Actions", cell: (job) => <Cancel job={job} /> },
];

/** Actions on every row of a filter, of all accounts and keys. */
export function JobsPage(): ReactNode {
  const values = useSearch({ from: "/operator/jobs" });
  return (
    <Stack>
      <Filters filters={filters} />
      <List
        label="Jobs"
        query={jobsQuery(values)}
        columns={columns}
        keyOf={({ jobId }) => jobId}
        empty={
          <Empty
            title="No jobs"
            text="A job changes every row that a filter selects, such as resending all failed deliveries of an app. Start one on the page Webhooks of an app, or with POST /admin/v1/jobs. Ended jobs are kept for 30 days."
          />
        }
      />
    </Stack>
  );
}

function Action({ job: { action, filter } }: { job: Job }): ReactNode {
  return (
    <>
      <Text size="sm">{actions[action as keyof typeof actions] ?? action}</Text>
      <Text size="xs" className="value" visibleFrom="md">
        {Object.entries(filter)
          .map(([name, value]) => `${name} ${value}`)
          .join(", ")}
      </Text>
    </>
  );
}

function Progress({ job: { done, failed, more, state, total } }: { job: Job }): ReactNode {
  return (
    <Group gap="xs">
      <Badge variant="outline" miw="max-content">
        {states[state]}
      </Badge>
      <Text size="sm">
        {done.toLocaleString()} of {more && "at least "}
        {total.toLocaleString()}
        {failed > 0 && `, ${failed.toLocaleString()} failed`}
      </Text>
    </Group>
  );
}

function Cancel({ job: { endedAt, jobId } }: { job: Job }): ReactNode {
  const cancel = useCancelJob(jobId);
  if (endedAt !== null) return null;
  return (
    <ConfirmButton
      label="Cancel"
      title="Cancel this job?"
      text="What it has done stays done. The other rows stay as they are."
      change={cancel}
      input={undefined}
      size="compact-sm"
    />
  );
}
