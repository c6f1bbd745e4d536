import { Anchor, Badge, Code, Group, Loader, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { meQuery } from "../api/queries.ts";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { ExplainedToken } from "./explained-token.tsx";
import { type Found, findQuery, typeNames } from "./found.ts";
import { pageOf } from "./page-of.ts";
import { RefusedRequest } from "./refused-request.tsx";

/** What a text is, with links to the pages about it. */
export function FoundList({ text }: { text: string }): ReactNode {
  const { data, error, isLoading } = useQuery(findQuery(text));
  return (
    <Stack aria-live="polite" aria-label="Found" component="section">
      {isLoading && <Loader size="sm" aria-label="Searching" />}
      <ProblemAlert error={error} />
      {data?.items.map((found) => (
        <FoundItem key={`${found.type} ${found.id} ${found.href}`} found={found} />
      ))}
      {data?.notes.map((note) => (
        <Text key={note} size="sm">
          {note}
        </Text>
      ))}
    </Stack>
  );
}

function FoundItem({ found }: { found: Found }): ReactNode {
  const { data: me } = useQuery(meQuery);
  const page = pageOf(found, me?.account?.isOperator ?? false);
  return (
    <Paper withBorder p="md" component="article">
      <Stack gap="xs">
        <Group gap="xs">
          <Text fw={600}>{typeNames[found.type]}</Text>
          {found.name && <Text>{found.name}</Text>}
          {found.state && <Badge variant="outline">{found.state}</Badge>}
        </Group>
        {found.id && <Code className="value">{found.id}</Code>}
        {found.refused && <RefusedRequest refused={found.refused} />}
        {found.token && <ExplainedToken token={found.token} />}
        <Context found={found} />
        {page && (
          <Anchor renderRoot={(props) => <Link to={page.to} search={page.search ?? {}} {...props} />}>
            {page.label}
          </Anchor>
        )}
      </Stack>
    </Paper>
  );
}

/** The ids of what an object belongs to. */
function Context({ found: { appId, id, instanceId, siteId } }: { found: Found }): ReactNode {
  const ids = Object.entries({ App: appId, Instance: instanceId, Site: siteId });
  const others = ids.filter(([, value]) => value !== null && value !== id);
  return others.map(([label, value]) => (
    <Text key={label} size="sm" className="value">
      {label} <Code>{value}</Code>
    </Text>
  ));
}
