import { Modal, Stack } from "@mantine/core";
import { useRouterState } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { FindForm } from "./find-form.tsx";
import { FoundList } from "./found-list.tsx";

/** Finds what an id is above any page, and closes when a page is opened; `FindButton` loads it. */
export function Palette({ close }: { close: () => void }): ReactNode {
  const [text, setText] = useState("");
  const path = useRouterState({ select: ({ location }) => location.href });
  const [openedAt] = useState(path);
  useEffect(() => {
    if (path !== openedAt) close();
  }, [path, openedAt, close]);
  return (
    <Modal opened onClose={close} title="Find" size="lg" lockScroll={false}>
      <Stack>
        <FindForm find={setText} />
        <FoundList text={text} />
      </Stack>
    </Modal>
  );
}
