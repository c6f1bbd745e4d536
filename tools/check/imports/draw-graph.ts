import { packageRules, serverLevels } from "../../import-rules.ts";
import { isTest } from "../source-files.ts";
import type { Edge } from "./import-graph.ts";
import { serverUnit } from "./import-violations.ts";

type Pair = readonly [from: string, to: string];

const nodesPerLine = 3;

/** Draws, as Mermaid, the packages and the folders of the server with the imports that the code really has. */
export function drawGraph(edges: readonly Edge[]): string {
  const code = edges.filter(({ from }) => from.startsWith("packages/") && !isTest(from));
  return ["```mermaid", "graph TD", ...drawPackages(code), ...drawServer(code), "```"].join("\n");
}

function drawPackages(edges: readonly Edge[]): string[] {
  const pairs = edges.map(({ from, to }) => [from.split("/")[1], /^@latchkey\/([^/]+)/.exec(to)?.[1]]);
  const known = Object.keys(packageRules).filter((name) => pairs.some(([from]) => from === name));
  const shown = differing(pairs).map(([from, to]): Pair => [`@latchkey/${from}`, `@latchkey/${to}`]);
  return [
    ...group(
      "packages",
      known.map((name) => `@latchkey/${name}`),
    ),
    ...arrows(shown),
  ];
}

/** What wires the features uses most of them, and they use most of the ground: those arrows are drawn as one. */
function drawServer(edges: readonly Edge[]): string[] {
  const pairs = edges.map(({ from, to }) => [serverUnit(from), serverUnit(to)]);
  const present = new Set(pairs.flat());
  const names = [...new Set(serverLevels.map(({ name }) => name))].reverse();
  const drawn = names
    .map((name) => ({ name, units: unitsOf(name).filter((unit) => present.has(unit)) }))
    .filter(({ units }) => units.length > 0);
  const shown = differing(pairs).filter(([from, to]) => storeyOf(from) === storeyOf(to));
  const down = drawn.flatMap(({ name }, i): Pair[] => {
    const below = drawn[i + 1]?.name ?? name;
    return storeyOf(unitsOf(name)[0]) === storeyOf(unitsOf(below)[0]) ? [] : [[name, below]];
  });
  return [...drawn.flatMap(({ name, units }) => group(name, units)), ...arrows([...shown, ...down])];
}

function storeyOf(unit: string | undefined): string {
  const level = serverLevels.find(({ units }) => units.some((known) => known === unit))?.name ?? "";
  return level === "ground" || level === "level 6" ? level : "features";
}

function unitsOf(level: string): string[] {
  return serverLevels.filter(({ name }) => name === level).flatMap(({ units }) => units);
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

/** One line for each that imports. */
function arrows(pairs: readonly Pair[]): string[] {
  const targets = new Map<string, Set<string>>();
  for (const [from, to] of pairs)
    targets.set(idOf(from), (targets.get(idOf(from)) ?? new Set()).add(idOf(to)));
  return Array.from(targets, ([from, to]) => `  ${from} --> ${[...to].sort().join(" & ")}`).sort();
}

function idOf(name: string): string {
  return name.replaceAll(/\W/g, "_");
}
