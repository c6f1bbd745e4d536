import { Group, Loader, Stack, Text } from "@mantine/core";
import { lazy, type ReactNode, Suspense } from "react";
import { CopyButton } from "../copy-button.tsx";

const JsonTree = lazy(async () => ({ default: (await import("./json-tree.tsx")).JsonTree }));

/** A JSON value as a tree, with a button that copies it. */
export function Json({ label, value }: { label: string; value: unknown }): ReactNode {
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={600}>
          {label}
        </Text>
        <CopyButton label={label} value={JSON.stringify(value, null, 2)} />
      </Group>
      <Suspense fallback={<Loader size="sm" aria-label="Loading" />}>
        <JsonTree label={label} value={value} />
      </Suspense>
    </Stack>
  );
}
