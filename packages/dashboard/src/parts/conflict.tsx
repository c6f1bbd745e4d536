import { Alert, Button, Code, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** Says what another person saved meanwhile, and lets this person decide. */
export function Conflict(props: {
  readonly theirs: string;
  readonly useTheirs: () => void;
  readonly useMine: () => unknown;
}): ReactNode {
  return (
    <Alert color="yellow" role="alert" title="Somebody else changed this while you typed">
      <Stack>
        <Text size="sm">Saved now:</Text>
        <Code block>{props.theirs || "Nothing"}</Code>
        <Group>
          <Button variant="default" onClick={props.useTheirs}>
            Keep what is saved
          </Button>
          <Button onClick={props.useMine}>Save mine instead</Button>
        </Group>
      </Stack>
    </Alert>
  );
}
