import { Code as PlainCode } from "@mantine/core";
import { lazy, type ReactNode, Suspense } from "react";

const HighlightedCode = lazy(async () => ({
  default: (await import("./highlighted-code.tsx")).HighlightedCode,
}));

/** The languages that are highlighted. */
export type Language = "typescript" | "bash" | "json";

/** Code in colours; it is plain until these are loaded. `labelledBy` is the id of its heading. */
export function Code({
  code,
  labelledBy,
  language,
}: {
  code: string;
  language: Language;
  labelledBy: string;
}): ReactNode {
  return (
    <Suspense
      fallback={
        <PlainCode block className="value">
          {code}
        </PlainCode>
      }
    >
      <HighlightedCode code={code} labelledBy={labelledBy} language={language} />
    </Suspense>
  );
}
