import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import type { ReactNode } from "react";

/** A button that copies a text and then reads Copied. `label` names the text for screen readers. */
export function CopyButton({ label, value }: { label: string; value: string }): ReactNode {
  const { copied, copy } = useClipboard();
  return (
    <Button
      variant="default"
      size="compact-sm"
      aria-label={copied ? `${label} copied` : `Copy ${label}`}
      onClick={() => copy(value)}
    >
      {copied ? "Copied" : "Copy"}
    </Button>
  );
}
