import { Anchor, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { useDeleteExtension } from "./changes.ts";
import { ExtensionUrl } from "./extension-url.tsx";
import { kinds, titleOf } from "./kinds.ts";
import { type Extension, extensionQuery } from "./queries.ts";
import { TestCall } from "./test-call.tsx";

/** An extension: its URL, and a test call of a service plugin. */
export function ExtensionPage(): ReactNode {
  const { appId, extensionId } = useParams({ from: "/apps/$appId/extensions/$extensionId" });
  const { data: extension, error } = useQuery(extensionQuery(appId, extensionId));
  return (
    <Stack>
      <Group component="nav" aria-label="Extensions">
        <Anchor renderRoot={(props) => <Link to="/apps/$appId/extensions" params={{ appId }} {...props} />}>
          All extensions
        </Anchor>
      </Group>
      <ProblemAlert error={error} />
      {!extension && !error && <Loader aria-label="Loading" />}
      {extension && (
        <>
          <Group>
            <Title order={3} className="value">
              {titleOf(extension)}
            </Title>
            <DeleteButton extension={extension} />
          </Group>
          <Text>{kinds[extension.kind].note}</Text>
          <ExtensionUrl key={extensionId} extension={extension} />
          {extension.kind === "SERVICE_PLUGIN" && (
            <TestCall key={`test ${extensionId}`} extension={extension} />
          )}
          <Copyable label="Extension ID" value={extensionId} />
        </>
      )}
    </Stack>
  );
}

function DeleteButton({ extension }: { extension: Extension }): ReactNode {
  const remove = useDeleteExtension(extension);
  const navigate = useNavigate();
  const to = `/apps/${extension.appId}/extensions`;
  return (
    <ConfirmButton
      label="Delete"
      title="Delete this extension?"
      text="It is removed from every site that has the app."
      change={{ ...remove, run: (input: undefined) => remove.run(input).then(() => navigate({ to })) }}
      input={undefined}
      danger
    />
  );
}
