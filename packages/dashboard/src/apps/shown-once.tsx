import type { ReactNode } from "react";
import { Copyable } from "../parts/copyable.tsx";

/** A new secret, which no other page can show. */
export function ShownOnce({ value }: { value: string }): ReactNode {
  return (
    <Copyable
      label="App secret"
      value={value}
      note="Copy it now: it is not shown again. If you lose it, create another secret."
    />
  );
}
