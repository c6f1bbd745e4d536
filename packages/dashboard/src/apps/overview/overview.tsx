import { Loader, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { live } from "../../api/list-query.ts";
import { secretsQuery, setupQuery } from "../../api/queries.ts";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { AppId } from "../app-id.tsx";
import { useApp } from "../use-app.ts";
import { Checklist } from "./checklist.tsx";
import { NextStep } from "./next-step.tsx";

/** What an app has, what it lacks, and what to do next. */
export function Overview(): ReactNode {
  const app = useApp();
  const setup = useQuery({ ...setupQuery(app.appId), ...live });
  const secrets = useQuery({ ...secretsQuery(app.appId), ...live });
  const facts = setup.data && secrets.data && { app, ...setup.data, secrets: secrets.data };
  return (
    <Stack>
      <AppId appId={app.appId} />
      <ProblemAlert error={setup.error ?? secrets.error} />
      {facts === undefined ? (
        <Loader aria-label="Loading" />
      ) : (
        <>
          <NextStep facts={facts} />
          <Checklist facts={facts} />
        </>
      )}
    </Stack>
  );
}
