import { Paper } from "@mantine/core";
import type { ReactNode } from "react";
import { Copyable } from "../parts/copyable.tsx";

/** The App ID, to copy. */
export function AppId({ appId }: { appId: string }): ReactNode {
  return (
    <Paper withBorder p="md">
      <Copyable label="App ID" value={appId} note="Public: it names the app in requests and tokens." />
    </Paper>
  );
}
