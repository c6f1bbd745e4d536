import { Code } from "@mantine/core";
import type { RootContent } from "hast";
import bash from "highlight.js/lib/languages/bash";
import json from "highlight.js/lib/languages/json";
import typescript from "highlight.js/lib/languages/typescript";
import { createLowlight } from "lowlight";
import type { ReactNode } from "react";
import type { Language } from "./code.tsx";

const highlighter = createLowlight({ bash, json, typescript });

interface CodeProps {
  readonly code: string;
  readonly language: Language;
  readonly labelledBy: string;
}

/** Code in colours; `Code` loads it. */
export function HighlightedCode({ code, labelledBy, language }: CodeProps): ReactNode {
  return (
    <Code block className="value" aria-labelledby={labelledBy} tabIndex={0}>
      {highlighter.highlight(language, code).children.map(toElement)}
    </Code>
  );
}

function toElement(node: RootContent, index: number): ReactNode {
  if (node.type === "text") return node.value;
  if (node.type !== "element") return null;
  const { className } = node.properties;
  return (
    <span key={index} className={Array.isArray(className) ? className.join(" ") : ""}>
      {node.children.map(toElement)}
    </span>
  );
}
