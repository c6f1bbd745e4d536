import { Badge, Code, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { When } from "../parts/when.tsx";
import type { Found } from "./found.ts";
import { refusals } from "./refusals.ts";

/** Why a request was refused, and what to do next. */
export function RefusedRequest({ refused }: { refused: NonNullable<Found["refused"]> }): ReactNode {
  const { firstAt, lastAt, reason, requests, route } = refused;
  const { next, status, text } = refusals[reason] ?? {};
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {status && (
          <Badge color="red.9" radius="sm">
            {status}
          </Badge>
        )}
        <Code>{reason}</Code>
        <Text size="sm">{route ?? "Several routes"}</Text>
      </Group>
      {text && <Text>{text}</Text>}
      {next && <Text>{next}</Text>}
      <Text size="sm" c="dimmed">
        <When at={firstAt} />
        {requests > 1 && (
          <>
            {" "}
            to <When at={lastAt} />, {requests.toLocaleString()} requests
          </>
        )}
      </Text>
    </Stack>
  );
}
