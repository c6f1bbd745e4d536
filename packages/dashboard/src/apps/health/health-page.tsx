import { SegmentedControl, Stack } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useApp } from "../use-app.ts";
import { Endpoints } from "./endpoints.tsx";
import { Failures } from "./failures.tsx";
import { MetricPlots } from "./metric-plots.tsx";
import { RefusedRequests } from "./refused-requests.tsx";

/** What works and what fails: endpoints, reasons, and counts over time. */
export function HealthPage(): ReactNode {
  const { appId } = useApp();
  const search = useSearch({ from: "/apps/$appId/health" });
  const navigate = useNavigate();
  const step = search.step === "hour" ? "hour" : "minute";
  return (
    <Stack>
      <Endpoints appId={appId} />
      <RefusedRequests appId={appId} />
      <SegmentedControl
        aria-label="Time"
        data={[
          { value: "minute", label: "Last hour" },
          { value: "hour", label: "Last 24 hours" },
        ]}
        value={step}
        onChange={(value) => navigate({ to: ".", search: { step: value }, replace: true })}
      />
      <Failures appId={appId} step={step} />
      <MetricPlots appId={appId} step={step} />
    </Stack>
  );
}
