import { Anchor, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** The page for an address that the dashboard does not have. */
export function NotFound(): ReactNode {
  return (
    <Stack>
      <Title order={2}>There is no page at this address</Title>
      <Text>
        Go to <Anchor renderRoot={(props) => <Link to="/apps" {...props} />}>your apps</Anchor>.
      </Text>
    </Stack>
  );
}
