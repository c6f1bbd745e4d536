import { Button, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";

/** A button that shows a form, and hides it again. */
export function Disclosed({ children, label }: { label: string; children: ReactNode }): ReactNode {
  const [opened, { toggle }] = useDisclosure();
  return (
    <>
      <Group>
        <Button variant={opened ? "default" : "filled"} aria-expanded={opened} onClick={toggle}>
          {label}
        </Button>
      </Group>
      {opened && children}
    </>
  );
}
