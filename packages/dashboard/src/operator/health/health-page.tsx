import { SegmentedControl, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { healthQuery } from "../queries.ts";
import { CountsPlots } from "./counts-plots.tsx";
import { Maintenance } from "./maintenance.tsx";
import { Storage } from "./storage.tsx";
import { UnhealthyWebhooks } from "./unhealthy-webhooks.tsx";

const steps = [
  { value: "minute", label: "Last hour" },
  { value: "hour", label: "Last day" },
];

/** How the platform is: what it did, what waits, and its database. */
export function HealthPage(): ReactNode {
  const step = useSearch({ from: "/operator/health" }).step === "hour" ? "hour" : "minute";
  const navigate = useNavigate();
  const { data: health, error } = useQuery(healthQuery);
  return (
    <Stack>
      <ProblemAlert error={error} />
      {health && <Storage health={health} />}
      {health && <UnhealthyWebhooks webhooks={health.webhooks} />}
      <Panel title="What all apps did" note="Counts of the last 5 seconds are missing.">
        <SegmentedControl
          aria-label="Time"
          data={steps}
          value={step}
          onChange={(value) =>
            navigate({ to: ".", search: value === "hour" ? { step: value } : {}, replace: true })
          }
        />
        <CountsPlots step={step} />
      </Panel>
      {health && <Maintenance work={health.maintenance} />}
    </Stack>
  );
}
