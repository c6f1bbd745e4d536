import type { ReactNode } from "react";

const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** A time in the language and zone of the browser; the exact one is in its title. */
export function When({ at, otherwise = "Never" }: { at: string | null; otherwise?: string }): ReactNode {
  if (at === null) return otherwise;
  return (
    <time dateTime={at} title={at}>
      {format.format(new Date(at))}
    </time>
  );
}
