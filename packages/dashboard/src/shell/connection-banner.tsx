import { Alert } from "@mantine/core";
import { onlineManager } from "@tanstack/react-query";
import { type ReactNode, useSyncExternalStore } from "react";

const subscribe = (changed: () => void) => onlineManager.subscribe(changed);

/** Says that the server cannot be reached, until it can. */
export function ConnectionBanner(): ReactNode {
  const isOnline = useSyncExternalStore(subscribe, () => onlineManager.isOnline());
  if (isOnline) return null;
  return (
    <Alert color="yellow" role="alert" title="The server cannot be reached" mb="md">
      What you typed stays here. The page tries again every two seconds, and what you sent is done then.
    </Alert>
  );
}
