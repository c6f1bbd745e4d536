import { Anchor, Breadcrumbs, Loader, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { labelOf } from "../apps/page-link.tsx";
import { pageUrlQuery, type SiteApp, siteAppQuery } from "../queries.ts";
import { AppFrame } from "./app-frame.tsx";

/** A page of an app: in a frame, or in place of this page when it is an external one. */
export function PageOfApp(): ReactNode {
  const { appId, extensionId, siteId } = useParams({ from: "/sites/$siteId/pages/$appId/$extensionId" });
  const { data: app, error } = useQuery({ ...siteAppQuery({ appId, siteId }), refetchInterval: false });
  const page = app?.pages.find((one) => one.extensionId === extensionId);
  return (
    <Stack gap="xs">
      <Breadcrumbs>
        <Anchor renderRoot={(props) => <Link to="/sites/$siteId" params={{ siteId }} {...props} />}>
          Apps of the site
        </Anchor>
        <Anchor
          className="value"
          renderRoot={(props) => (
            <Link to="/sites/$siteId/apps/$appId" params={{ siteId, appId }} {...props} />
          )}
        >
          {app?.name ?? "App"}
        </Anchor>
        <Text>{page && labelOf(page)}</Text>
      </Breadcrumbs>
      <ProblemAlert error={error} />
      {app && page === undefined && <Text>This app no longer has this page.</Text>}
      {app && page && <Opened app={app} page={page} />}
    </Stack>
  );
}

function Opened({ app, page }: { app: SiteApp; page: SiteApp["pages"][number] }): ReactNode {
  const { data: url, error } = useQuery(pageUrlQuery(app.instanceId, page.extensionId));
  const isExternal = page.kind === "EXTERNAL_PAGE";
  useEffect(() => {
    if (isExternal && url !== undefined) globalThis.location.replace(url);
  }, [isExternal, url]);
  return (
    <>
      <ProblemAlert error={error} />
      {error === null && (url === undefined || isExternal) && <Loader aria-label="Opening the page" />}
      {url !== undefined && !isExternal && <AppFrame name={app.name} url={url} />}
    </>
  );
}
