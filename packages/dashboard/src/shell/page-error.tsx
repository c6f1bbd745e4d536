import { Anchor, Stack, Text, Title } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** The page in place of one that failed, for example because its script belongs to an older version. */
export function PageError({ error }: ErrorComponentProps): ReactNode {
  return (
    <Stack>
      <Title order={2}>This page failed</Title>
      <Text>
        <Anchor href="">Reload it</Anchor>. If it fails again, report this error: {String(error)}
      </Text>
    </Stack>
  );
}
