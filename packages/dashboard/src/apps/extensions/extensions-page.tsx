import { Anchor, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Empty } from "../../parts/empty.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { When } from "../../parts/when.tsx";
import { useApp } from "../use-app.ts";
import { kinds, titleOf, urlOf } from "./kinds.ts";
import { NewExtension } from "./new-extension.tsx";
import { type Extension, extensionsQuery } from "./queries.ts";

const columns: readonly Column<Extension>[] = [
  { heading: "Extension", cell: (extension) => <Name extension={extension} /> },
  { heading: "Kind", cell: ({ kind }) => kinds[kind].label },
  { heading: "URL", from: "sm", cell: (extension) => <span className="value">{urlOf(extension)}</span> },
  { heading: "Created", from: "md", cell: ({ createdAt }) => <When at={createdAt} /> },
];

/** The extensions of an app, and a form for another one. */
export function ExtensionsPage(): ReactNode {
  const { appId } = useApp();
  return (
    <Stack>
      <List
        label="Extensions"
        query={extensionsQuery(appId)}
        columns={columns}
        keyOf={({ extensionId }) => extensionId}
        empty={
          <Empty
            title="No extensions yet"
            text="An extension is what the app adds to each site: a page that its members open, or a service plugin, which the platform calls, for example for shipping rates."
          />
        }
      />
      <NewExtension appId={appId} />
    </Stack>
  );
}

function Name({ extension }: { extension: Extension }): ReactNode {
  const { appId, extensionId } = extension;
  return (
    <Anchor
      inherit
      className="value"
      renderRoot={(props) => (
        <Link to="/apps/$appId/extensions/$extensionId" params={{ appId, extensionId }} {...props} />
      )}
    >
      {titleOf(extension)}
    </Anchor>
  );
}
