import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { Copyable } from "../../parts/copyable.tsx";
import { Panel } from "../../parts/panel.tsx";
import type { AppFacts } from "./facts.ts";
import { hasRequestedToken } from "./facts.ts";
import { type Snippets, snippetsFor } from "./snippets.ts";

/** What to do next, as code for the SDK and for curl. */
export function NextStep({ facts }: { facts: AppFacts }): ReactNode {
  const { note, snippets, title } = nextStep(facts);
  return (
    <Panel title={title} note={note}>
      <Tabs defaultValue="sdk">
        <Tabs.List>
          <Tabs.Tab value="sdk">SDK</Tabs.Tab>
          <Tabs.Tab value="curl">curl</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="sdk" pt="sm">
          <Copyable label="TypeScript" language="typescript" value={snippets.sdk} />
        </Tabs.Panel>
        <Tabs.Panel value="curl" pt="sm">
          <Copyable label="Command" language="bash" value={snippets.curl} />
        </Tabs.Panel>
      </Tabs>
    </Panel>
  );
}

function nextStep(facts: AppFacts): { title: string; note: string; snippets: Snippets } {
  const { app, instance } = facts;
  const code = snippetsFor({
    url: globalThis.location.origin,
    appId: app.appId,
    instanceId: instance?.instanceId,
  });
  if (instance === undefined) {
    return {
      title: "Next: install the app on a site",
      note: "The command installs it with an API key. The app learns its instance ID from the webhook AppInstalled.",
      snippets: code.install,
    };
  }
  const title = hasRequestedToken(facts) ? "Get an access token" : "Next: get an access token";
  const note =
    "The secret stays in the environment, as APP_SECRET. The token is valid for this instance alone.";
  return { title, note, snippets: code.token };
}
