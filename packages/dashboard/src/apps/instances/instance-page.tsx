import { Alert, Loader, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { InstanceActions } from "./instance-actions.tsx";
import { InstanceFacts } from "./instance-facts.tsx";
import { type Instance, instanceQuery } from "./queries.ts";
import { Timeline } from "./timeline.tsx";

const notes = {
  installed: undefined,
  suspended:
    "This instance is suspended. Its tokens are refused until it is resumed; the app gets new ones then.",
  removed:
    "This app is removed from the site. Every token of the instance is refused. When it is installed again, the instance has the same id.",
} satisfies Record<Instance["state"], string | undefined>;

/** One instance: what it is, what can be done with it, and what happened. */
export function InstancePage(): ReactNode {
  const { instanceId } = useParams({ from: "/apps/$appId/instances/$instanceId" });
  const { data: instance, error, isPending } = useQuery(instanceQuery(instanceId));
  const note = instance && notes[instance.state];
  return (
    <Stack>
      <ProblemAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {instance && (
        <>
          {note && <Alert variant="default" title={note} role="status" />}
          <InstanceFacts instance={instance} />
          <InstanceActions instance={instance} />
          <Timeline instance={instance} />
        </>
      )}
    </Stack>
  );
}
