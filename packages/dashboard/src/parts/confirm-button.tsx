import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import type { Change } from "../api/changes.ts";
import { ProblemAlert } from "./problem-alert.tsx";

interface Confirmation<Input> {
  readonly label: string;
  readonly title: string;
  /** What will happen. */
  readonly text: string;
  readonly change: Change<Input, unknown>;
  readonly input: Input;
  readonly danger?: boolean;
  readonly size?: "compact-sm" | "sm";
}

/** A button that says what will happen before it makes a change. */
export function ConfirmButton<Input>(props: Confirmation<Input>): ReactNode {
  const { change, danger = false, input, label, size = "sm", text, title } = props;
  const [opened, { close, open }] = useDisclosure();
  const color = danger ? "red" : "blue";
  const confirm = () => change.run(input).then(close, () => {});
  return (
    <>
      <Button variant="default" size={size} onClick={open}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={title} lockScroll={false} centered>
        <Stack>
          <Text size="sm">{text}</Text>
          <ProblemAlert error={change.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button color={color} loading={change.isPending} onClick={confirm}>
              {label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
