import {
  dynamicOnly,
  folderRules,
  packageRules,
  portableExceptions,
  portablePackages,
  serverLevels,
} from "../../import-rules.ts";
import { isTest, isTestSupport } from "../source-files.ts";
import type { Edge } from "./import-graph.ts";

/** Where a path of the repository belongs: `packages/sdk/src/a.ts` to the package sdk, `tools/a.ts` to the folder tools. */
interface Home {
  readonly kind: "package" | "folder";
  readonly name: string;
}

/** Answers why an import breaks the table of import-rules.ts, or undefined. */
export function violation(edge: Edge): string | undefined {
  const from = homeOf(edge.from);
  const target = /^@latchkey\/([^/]+)/.exec(edge.to)?.[1];
  if (target !== undefined) return packageViolation(edge, from, target);
  if (edge.to.startsWith("node:")) {
    const isPortable = from.kind === "package" && portablePackages.includes(from.name) && !isTest(edge.from);
    const excepted = Object.entries(portableExceptions).some(
      ([folder, module]) => edge.from.startsWith(folder) && edge.to === module,
    );
    return isPortable && !excepted
      ? `the package ${from.name} runs everywhere and may not import ${edge.to}`
      : undefined;
  }
  if (!edge.to.includes("/") || !isOurs(edge.to)) return undefined;
  const to = homeOf(edge.to);
  if (from.kind !== to.kind || from.name !== to.name) return pathViolation(edge, from, to);
  if (isTestSupport(edge.to) && !isTest(edge.from)) return "only tests may import what serves tests";
  return from.kind === "package" && from.name === "server" ? levelViolation(edge) : undefined;
}

/** The folder or root file of packages/server/src that a path belongs to; undefined for other paths. */
export function serverUnit(path: string): string | undefined {
  return /^packages\/server\/src\/([^/]+)/.exec(path)?.[1];
}

/** Whether the table of import-rules.ts has a level for a unit of the server. */
export function hasLevel(unit: string): boolean {
  return levelOf(unit) >= 0;
}

function packageViolation(edge: Edge, from: Home, target: string): string | undefined {
  if (from.kind === "package" && isTest(edge.from)) return undefined;
  const allowed = from.kind === "package" ? packageRules[from.name] : folderRules[from.name]?.packages;
  if (allowed?.includes(target)) return undefined;
  return `${from.name} may not import the package ${target}`;
}

function pathViolation(edge: Edge, from: Home, to: Home): string | undefined {
  if (to.kind === "package") return `${to.name} is reached by its package name, not by a path`;
  const isOfTest = from.kind === "package" && isTest(edge.from);
  const allowed = isOfTest
    ? ["tools", "tests"]
    : from.kind === "folder"
      ? folderRules[from.name]?.folders
      : [];
  if (allowed?.includes(to.name)) return undefined;
  return `${from.name} may not import from ${to.name}`;
}

function levelViolation(edge: Edge): string | undefined {
  const from = serverUnit(edge.from);
  const to = serverUnit(edge.to);
  if (from === undefined || to === undefined || from === to || isTest(edge.from)) return undefined;
  if (!hasLevel(from) || !hasLevel(to)) return undefined;
  if (levelOf(to) >= levelOf(from)) return `${from} may not import ${to}: it stands on ${place(from, to)}`;
  if (dynamicOnly.includes(to) && edge.kind === "value") {
    return `${to} is loaded by import() only, so that production never loads it`;
  }
  const isFile = to.endsWith(".ts");
  if (isFile || edge.to === `packages/server/src/${to}/index.ts`) return undefined;
  return `${to} is imported through its index.ts only`;
}

function place(from: string, to: string): string {
  return levelOf(from) === levelOf(to) ? "the same level" : "a higher level";
}

function levelOf(unit: string): number {
  return serverLevels.findIndex(({ units }) => units.includes(unit));
}

function homeOf(path: string): Home {
  const [top = "", second = ""] = path.split("/");
  return top === "packages" ? { kind: "package", name: second } : { kind: "folder", name: top };
}

function isOurs(path: string): boolean {
  const { kind, name } = homeOf(path);
  return kind === "package" || name in folderRules;
}
