import { Code, Group, Stack, Text } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { CopyButton } from "./copy-button.tsx";

/** A value with its name and a button that copies it. */
export function Copyable({ label, note, value }: { label: string; value: string; note?: string }): ReactNode {
  const id = useId();
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={600} id={id}>
          {label}
        </Text>
        <CopyButton label={label} value={value} />
      </Group>
      <Code block aria-labelledby={id} tabIndex={0} className="value">
        {value}
      </Code>
      {note && (
        <Text size="sm" c="dimmed">
          {note}
        </Text>
      )}
    </Stack>
  );
}
