import { Group, Code as PlainCode, Stack, Text } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { Code, type Language } from "./code/code.tsx";
import { CopyButton } from "./copy-button.tsx";

interface CopyableProps {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
  /** Highlights the value. */
  readonly language?: Language;
}

/** A value with its name and a button that copies it. */
export function Copyable({ label, language, note, value }: CopyableProps): ReactNode {
  const id = useId();
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={600} id={id}>
          {label}
        </Text>
        <CopyButton label={label} value={value} />
      </Group>
      {language ? (
        <Code code={value} language={language} labelledBy={id} />
      ) : (
        <PlainCode block aria-labelledby={id} tabIndex={0} className="value">
          {value}
        </PlainCode>
      )}
      {note && (
        <Text size="sm" c="dimmed">
          {note}
        </Text>
      )}
    </Stack>
  );
}
