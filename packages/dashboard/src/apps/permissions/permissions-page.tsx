import { Loader, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { useApp } from "../use-app.ts";
import { OldGrants } from "./old-grants.tsx";
import { OwnerPreview } from "./owner-preview.tsx";
import { scopesQuery } from "./queries.ts";
import { ScopeForm } from "./scope-form.tsx";

/** The scopes that an app requests, what owners see of them, and who has not decided yet. */
export function PermissionsPage(): ReactNode {
  const app = useApp();
  const { data: known, error, isPending } = useQuery(scopesQuery);
  const [edited, setEdited] = useState(app.scopes);
  return (
    <Stack>
      <ProblemAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {known && (
        <>
          <ScopeForm key={app.appId} app={app} known={known} edited={setEdited} />
          <OwnerPreview app={app} scopes={edited} known={known} />
        </>
      )}
      <OldGrants app={app} />
    </Stack>
  );
}
