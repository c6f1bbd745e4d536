import { Anchor, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { App } from "../../api/changes.ts";
import { appsQuery, meQuery } from "../../api/queries.ts";
import { List } from "../../parts/list.tsx";
import { Panel } from "../../parts/panel.tsx";
import { useSite } from "../use-site.ts";

/** The address where a person approves an app for a site, or asks an owner to; it leads back to the site. */
const installer = "/installer/dashboard";

/** The choice of an app to install. */
export function InstallApp(): ReactNode {
  const { mayManage, site } = useSite();
  const { account } = useSuspenseQuery(meQuery).data;
  const isDeveloper = account !== null && (account.isDeveloper || account.isOperator);
  const note = mayManage
    ? "The next page shows what the app asks for. Nothing is installed before you approve it there."
    : "The next page shows what the app asks for. An owner of the site decides about your request.";
  return (
    <Stack>
      <Panel title={mayManage ? "Install an app" : "Ask for an app"} note={note}>
        <form method="get" action={installer}>
          <input type="hidden" name="siteId" value={site.siteId} />
          <Stack>
            <TextInput
              name="appId"
              label="App ID"
              description="The developer of the app gives it to you."
              placeholder="Such as 1f8ab25c-03c4-4f1e-9d0e-6a5b8c7d9e01"
              pattern="[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
              title="36 characters: digits, letters from a to f, and hyphens"
              maw={480}
              required
            />
            <Group>
              <Button type="submit">Continue</Button>
              <Button
                variant="default"
                renderRoot={(props) => (
                  <Link to="/sites/$siteId" params={{ siteId: site.siteId }} {...props} />
                )}
              >
                Cancel
              </Button>
            </Group>
          </Stack>
        </form>
      </Panel>
      {isDeveloper && (
        <Panel title="Your apps">
          <List
            label="Your apps"
            query={appsQuery()}
            columns={[
              { heading: "Name", cell: ({ name }: App) => name },
              {
                heading: "Actions",
                cell: ({ appId, name }: App) => installLink(site.siteId, { appId, name }),
              },
            ]}
            keyOf={({ appId }) => appId}
            empty={
              <Text size="sm">
                You have no apps yet.{" "}
                <Anchor underline="always" renderRoot={(props) => <Link to="/apps/new" {...props} />}>
                  Create an app
                </Anchor>
              </Text>
            }
          />
        </Panel>
      )}
    </Stack>
  );
}

function installLink(siteId: string, { appId, name }: { appId: string; name: string }): ReactNode {
  const query = new URLSearchParams({ appId, siteId });
  return (
    <Anchor href={`${installer}?${query}`} aria-label={`Install ${name}`}>
      Install
    </Anchor>
  );
}
