import { Group } from "@mantine/core";
import type { ReactNode } from "react";
import { JobButton } from "../../jobs/job-button.tsx";
import type { FilterValues } from "../../parts/filters.tsx";

/** Actions on every delivery that the filter selects. */
export function BulkActions({ appId, filters }: { appId: string; filters: FilterValues }): ReactNode {
  const filter = { ...filters, appId };
  const changes = ["apps", appId];
  return (
    <Group>
      <JobButton
        label="Resend all failed"
        text="Each failed delivery that the filter selects is sent again, with a new retry schedule."
        request={{ action: "resend", filter: { ...filter, status: "failed" } }}
        changes={changes}
      />
      <JobButton
        label="Cancel all pending"
        text="Each delivery that the filter selects and that has not ended is canceled: it is not sent again."
        request={{ action: "cancel", filter: pendingOf(filter) }}
        changes={changes}
      />
    </Group>
  );
}

/** The filter without the status of deliveries that have ended, because canceling concerns all others. */
function pendingOf({ status, ...others }: Readonly<Record<string, string>>): Record<string, string> {
  return status === "pending" || status === "blocked" ? { ...others, status } : others;
}
