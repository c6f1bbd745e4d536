import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Check, CheckContext } from "../check.ts";
import { isTest, readCode } from "../source-files.ts";
import { drawGraph } from "./draw-graph.ts";
import { findCycles, readEdges } from "./import-graph.ts";
import { misplaced, violation } from "./import-violations.ts";

const open = "<!-- import graph -->";
const close = "<!-- /import graph -->";

/** Import rules, cycles, and the graph that ARCHITECTURE.md shows. */
export const imports: Check = {
  name: "imports",
  async run(context) {
    const files = readCode(context.root);
    const edges = readEdges(files);
    const misplacedFiles = files.flatMap(({ path }) => misplaced(path) ?? []);
    const forbidden = edges.flatMap((edge) => {
      const reason = violation(edge);
      return reason === undefined ? [] : [`${edge.from}:${edge.line} ${reason}`];
    });
    const fileCycles = findCycles(
      edges.filter(({ kind }) => kind === "value").map(({ from, to }) => [from, to]),
    );
    const folders = edges.filter(({ from, to }) => !isTest(from) && folderOf(from) && folderOf(to));
    const folderCycles = findCycles(
      folders.map(({ from, to }) => [folderOf(from) ?? "", folderOf(to) ?? ""]),
    );
    return [
      ...new Set(misplacedFiles),
      ...forbidden,
      ...fileCycles.map((cycle) => `files import each other in a cycle: ${cycle.join(" -> ")}`),
      ...folderCycles.map((cycle) => `folders import each other in a cycle: ${cycle.join(" -> ")}`),
      ...compareGraph(context, drawGraph(edges)),
    ];
  },
};

/** The graph for `npm run check -- imports --graph`. */
export function printGraph(root: string): string {
  return drawGraph(readEdges(readCode(root)));
}

/** The folder of a path in a package, in the server the folder of a layer; a file outside of folders counts as one. */
function folderOf(path: string): string | undefined {
  return /^packages\/[^/]+\/src\/(?:(?:infrastructure|features)\/)?[^/]+/.exec(path)?.[0];
}

function compareGraph({ root, fix }: CheckContext, graph: string): string[] {
  const path = join(root, "ARCHITECTURE.md");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const from = text.indexOf(open);
  const to = text.indexOf(close);
  if (from < 0 || to < from) return [`ARCHITECTURE.md lacks the marks of the graph: ${open} and ${close}`];
  const wanted = `${text.slice(0, from + open.length)}\n${graph}\n${text.slice(to)}`;
  if (wanted === text) return [];
  if (!fix) return ["ARCHITECTURE.md shows an old import graph: npm run check -- imports --fix"];
  writeFileSync(path, wanted);
  return [];
}
