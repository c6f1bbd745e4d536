import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { retentionQuery } from "../queries.ts";
import { RetentionForm } from "./retention-form.tsx";

/** How long logs and counts are kept. */
export function RetentionPage(): ReactNode {
  const { data, error } = useQuery(retentionQuery);
  return (
    <Panel
      title="Retention"
      note="Each hour, the server deletes what is older. Apps, sites, instances and keys are never deleted by age."
    >
      <ProblemAlert error={error} />
      {data === undefined && error === null && <Loader aria-label="Loading" />}
      {data && <RetentionForm initial={data} />}
    </Panel>
  );
}
