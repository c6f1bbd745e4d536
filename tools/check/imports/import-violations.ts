import {
  dynamicOnly,
  featureOrder,
  folderRules,
  packageRules,
  portableExceptions,
  portablePackages,
  serverLayers,
} from "../../import-rules.ts";
import { isTest, isTestSupport } from "../source-files.ts";
import type { Edge } from "./import-graph.ts";

/** Where a path of the repository belongs: `packages/sdk/src/a.ts` to the package sdk, `tools/a.ts` to the folder tools. */
interface Home {
  readonly kind: "package" | "folder";
  readonly name: string;
}

/** Describes how an import breaks the rules of import-rules.ts; undefined when it does not. */
export function violation(edge: Edge): string | undefined {
  const from = homeOf(edge.from);
  const target = /^@latchkey\/([^/]+)/.exec(edge.to)?.[1];
  if (target !== undefined) return packageViolation(edge, from, target);
  if (edge.to.startsWith("node:")) {
    const isPortable = from.kind === "package" && portablePackages.includes(from.name) && !isTest(edge.from);
    const excepted = Object.entries(portableExceptions).some(
      ([folder, modules]) => edge.from.startsWith(folder) && modules.includes(edge.to),
    );
    return isPortable && !excepted
      ? `the package ${from.name} runs everywhere and may not import ${edge.to}`
      : undefined;
  }
  if (!edge.to.includes("/") || !isOurs(edge.to)) return undefined;
  const to = homeOf(edge.to);
  if (from.kind !== to.kind || from.name !== to.name) return pathViolation(edge, from, to);
  if (isTestSupport(edge.to) && !isTest(edge.from)) return "only tests may import test support";
  return from.kind === "package" && from.name === "server" ? layerViolation(edge) : undefined;
}

/** A folder of the server and the layer that contains it. `wiring` counts as one folder. */
export interface ServerFolder {
  readonly layer: (typeof serverLayers)[number];
  readonly name: string;
}

/** The folder of packages/server/src that a path belongs to; undefined for other paths. */
export function serverFolder(path: string): ServerFolder | undefined {
  const [, layer, name = ""] = /^packages\/server\/src\/(\w+)\/([^/]+)\//.exec(`${path}/`) ?? [];
  if (!isLayer(layer)) return undefined;
  return { layer, name: layer === "wiring" ? layer : name };
}

/** The entry points, and the test kit. */
const outsideLayers = /^packages\/server\/src\/(?:\w+\.ts$|testing\/)/;

/** Describes why a file is not in a layer or in `featureOrder`; undefined when it is. */
export function misplaced(path: string): string | undefined {
  if (!path.startsWith("packages/server/src/") || isTest(path)) return undefined;
  const folder = serverFolder(path);
  if (folder === undefined) return outsideLayers.test(path) ? undefined : noLayer(path);
  if (folder.layer === "features" && rowOf(folder.name) < 0) {
    return `the feature ${folder.name} is not in featureOrder of tools/import-rules.ts`;
  }
  return undefined;
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
  const allowed = isOfTest ? ["tools"] : from.kind === "folder" ? folderRules[from.name]?.folders : [];
  if (allowed?.includes(to.name)) return undefined;
  return `${from.name} may not import from ${to.name}`;
}

function layerViolation(edge: Edge): string | undefined {
  if (isTest(edge.from)) return undefined;
  if (dynamicOnly.some((folder) => edge.to.startsWith(folder) && !edge.from.startsWith(folder))) {
    return edge.kind === "value"
      ? "it is loaded by import() only, so that production never loads it"
      : undefined;
  }
  const from = serverFolder(edge.from);
  const to = serverFolder(edge.to);
  if (from === undefined || to === undefined || from.name === to.name) return undefined;
  if (serverLayers.indexOf(to.layer) > serverLayers.indexOf(from.layer)) {
    return `${from.layer} may not import ${to.layer}`;
  }
  if (from.layer === "features" && to.layer === "features" && rowOf(to.name) >= rowOf(from.name)) {
    return `the feature ${from.name} may not import ${to.name}: it is not in a row above in featureOrder`;
  }
  if (edge.to.endsWith(`/${to.layer}/${to.name}/index.ts`)) return undefined;
  return `${to.name} is imported through its index.ts only`;
}

function rowOf(feature: string): number {
  return featureOrder.findIndex((row) => row.includes(feature));
}

function isLayer(name: string | undefined): name is ServerFolder["layer"] {
  return serverLayers.some((layer) => layer === name);
}

function noLayer(path: string): string {
  return `${path} is in no layer of packages/server/src: ${serverLayers.join(", ")}`;
}

function homeOf(path: string): Home {
  const [top = "", second = ""] = path.split("/");
  return top === "packages" ? { kind: "package", name: second } : { kind: "folder", name: top };
}

function isOurs(path: string): boolean {
  const { kind, name } = homeOf(path);
  return kind === "package" || name in folderRules;
}
