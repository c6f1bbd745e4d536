import "react-json-view-lite/dist/index.css";
import { Code, useComputedColorScheme } from "@mantine/core";
import type { ReactNode } from "react";
import { allExpanded, darkStyles, defaultStyles, JsonView } from "react-json-view-lite";

/** Background and colours of highlighted code: those of the library have too little contrast. */
const colours = {
  container: "json",
  stringValue: "hljs-string",
  numberValue: "hljs-keyword",
  booleanValue: "hljs-keyword",
  nullValue: "hljs-keyword",
};

/** A JSON value as a tree that arrow keys open and close; `Json` loads it. */
export function JsonTree({ label, value }: { label: string; value: unknown }): ReactNode {
  const style = useComputedColorScheme("light") === "dark" ? darkStyles : defaultStyles;
  if (typeof value !== "object" || value === null) return <Code block>{JSON.stringify(value)}</Code>;
  return (
    <JsonView
      data={value}
      aria-label={label}
      style={{ ...style, ...colours }}
      shouldExpandNode={allExpanded}
      clickToExpandNode
    />
  );
}
