import { Button } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { lazy, type ReactNode, Suspense } from "react";

const Palette = lazy(async () => ({ default: (await import("./palette.tsx")).Palette }));

/** Opens the palette; so do Ctrl+K, Cmd+K and `/`. */
export function FindButton(): ReactNode {
  const [opened, { close, open }] = useDisclosure();
  useHotkeys([["mod+K", open, { preventDefault: true }]], []);
  useHotkeys([["/", open]]);
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        aria-keyshortcuts="Control+K Meta+K /"
        title="Ctrl+K or /"
        onClick={open}
      >
        Find
      </Button>
      {opened && (
        <Suspense>
          <Palette close={close} />
        </Suspense>
      )}
    </>
  );
}
