import { Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** What a list shows while it is empty: what belongs there, and how it gets there. */
export function Empty({
  children,
  text,
  title,
}: {
  title: string;
  text: string;
  children?: ReactNode;
}): ReactNode {
  return (
    <Paper withBorder p="lg">
      <Stack align="flex-start" gap="sm">
        <Title order={3} size="h4">
          {title}
        </Title>
        <Text>{text}</Text>
        {children}
      </Stack>
    </Paper>
  );
}
