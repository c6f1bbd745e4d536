import { Badge } from "@mantine/core";
import type { ReactNode } from "react";
import type { ListedDelivery } from "./queries.ts";

type Status = ListedDelivery["status"];

/** The statuses of deliveries: label by name in the API. */
export const statuses = {
  pending: "Pending",
  delivered: "Delivered",
  failed: "Failed",
  canceled: "Canceled",
  blocked: "Blocked",
} as const satisfies Record<Status, string>;

const colors: Record<Status, string> = {
  pending: "blue.9",
  delivered: "teal.9",
  failed: "red.9",
  canceled: "gray.7",
  blocked: "gray.7",
};

/** The status of a delivery. */
export function DeliveryStatus({ status }: { status: Status }): ReactNode {
  return (
    <Badge color={colors[status]} miw="max-content">
      {statuses[status]}
    </Badge>
  );
}
