import { packageRules, serverLayers } from "../../import-rules.ts";
import { isTest } from "../source-files.ts";
import type { Edge } from "./import-graph.ts";
import { serverFolder } from "./import-violations.ts";

type Pair = readonly [from: string, to: string];

const nodesPerLine = 3;

/** Draws packages and folders of the server with their imports as a Mermaid graph. */
export function drawGraph(edges: readonly Edge[]): string {
  const code = edges.filter(({ from }) => from.startsWith("packages/") && !isTest(from));
  return ["```mermaid", "graph TD", ...drawPackages(code), ...drawServer(code), "```"].join("\n");
}

function drawPackages(edges: readonly Edge[]): string[] {
  const pairs = edges.map(({ from, to }) => [from.split("/")[1], /^@latchkey\/([^/]+)/.exec(to)?.[1]]);
  const members = Object.keys(packageRules).filter((name) => pairs.some(([from]) => from === name));
  const shown = differing(pairs).map(([from, to]): Pair => [`@latchkey/${from}`, `@latchkey/${to}`]);
  return [
    ...group(
      "packages",
      members.map((name) => `@latchkey/${name}`),
    ),
    ...arrows(shown),
  ];
}

/** The folders of each layer with the imports between them, and one arrow between layers. */
function drawServer(edges: readonly Edge[]): string[] {
  const pairs = edges.map(({ from, to }) => [serverFolder(from), serverFolder(to)] as const);
  const folders = pairs.flat().filter((folder) => folder !== undefined);
  const groups = serverLayers.flatMap((layer) => {
    const names = new Set(folders.filter((folder) => folder.layer === layer).map(({ name }) => name));
    return names.size === 0 || names.has(layer) ? [] : group(layer, [...names]);
  });
  const inside = pairs.filter(([from, to]) => from?.layer === to?.layer);
  const between = differing(pairs.map(([from, to]) => [from?.layer, to?.layer])).filter(
    ([from, to]) => layerOf(from) - layerOf(to) === 1,
  );
  return [...groups, ...arrows([...differing(inside.map((pair) => pair.map((at) => at?.name))), ...between])];
}

function layerOf(name: string): number {
  return serverLayers.findIndex((layer) => layer === name);
}

function differing(pairs: readonly (string | undefined)[][]): Pair[] {
  return pairs.flatMap(([from, to]): Pair[] => (from && to && from !== to ? [[from, to]] : []));
}

function group(name: string, members: readonly string[]): string[] {
  const nodes = [...members].sort().map((member) => `${idOf(member)}["${member}"]`);
  const lines = nodes.flatMap((_, at) =>
    at % nodesPerLine === 0 ? [`    ${nodes.slice(at, at + nodesPerLine).join("; ")}`] : [],
  );
  return [`  subgraph ${idOf(name)}["${name}"]`, ...lines, "  end"];
}

/** One line for each importing node. */
function arrows(pairs: readonly Pair[]): string[] {
  const targets = new Map<string, Set<string>>();
  for (const [from, to] of pairs)
    targets.set(idOf(from), (targets.get(idOf(from)) ?? new Set()).add(idOf(to)));
  return Array.from(targets, ([from, to]) => `  ${from} --> ${[...to].sort().join(" & ")}`).sort();
}

function idOf(name: string): string {
  return name.replaceAll(/\W/g, "_");
}
