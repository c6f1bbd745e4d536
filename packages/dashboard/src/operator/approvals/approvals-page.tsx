import { Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { PendingApprovals } from "./pending-approvals.tsx";
import { PendingRequests } from "./pending-requests.tsx";

/** What owners of sites have to decide. */
export function ApprovalsPage(): ReactNode {
  return (
    <Stack>
      <PendingRequests />
      <PendingApprovals />
    </Stack>
  );
}
