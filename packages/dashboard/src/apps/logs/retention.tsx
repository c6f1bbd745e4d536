import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { retentionQuery } from "./queries.ts";

interface RetentionProps {
  readonly kind: "tokenLog" | "pluginCalls";
  /** What the list has. */
  readonly text: string;
}

/** What a list has, and how long it has it. */
export function Retention({ kind, text }: RetentionProps): ReactNode {
  const { data } = useQuery(retentionQuery);
  const days = data?.find((one) => one.kind === kind)?.days;
  return (
    <Text size="sm">
      {text}
      {days != null && ` Entries are kept for ${days} days.`}
      {days === null && " Entries are kept forever."}
    </Text>
  );
}
