// Who may import whom. This table is the only place that says it: `npm run check` enforces it, and the graph in
// ARCHITECTURE.md is drawn from it.

/** A package of the workspace and the packages that its code may import (its tests may import all). */
export const packageRules: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  sdk: ["protocol"],
  server: ["protocol"],
  cli: ["sdk", "server"],
  dashboard: [],
};

/** A folder beside the packages, the packages that it may import by name, and the folders it may reach by path. */
export const folderRules: Readonly<
  Record<string, { packages: readonly string[]; folders: readonly string[] }>
> = {
  examples: { packages: ["sdk"], folders: [] },
  tools: { packages: ["protocol", "sdk", "server"], folders: [] },
  bench: { packages: ["protocol", "sdk", "server"], folders: ["tools"] },
  tests: { packages: ["protocol", "sdk", "server"], folders: ["tools", "bench", "examples"] },
};

/** Packages that run everywhere: no `node:` modules. */
export const portablePackages: readonly string[] = ["protocol", "sdk"];

/** Folders of portable packages that need what only some runtimes have, by the module that they may import. */
export const portableExceptions: Readonly<Record<string, string>> = {
  // Node, Bun, Deno and workers have it; nobody else needs it.
  "packages/sdk/src/essentials/": "node:async_hooks",
};

/** Folders that only tests use; they are not published. */
export const testSupport: readonly string[] = [
  "packages/sdk/src/testing/",
  "packages/server/src/plans/",
  "packages/server/src/stores/testing/",
  "packages/server/src/webhooks/testing/",
];

/**
 * The folders and root files of packages/server/src, lowest first. Each may import what stands on a lower level,
 * and a folder only through its index.ts; those on one level know nothing of each other.
 */
export const serverLevels: readonly { name: string; units: readonly string[] }[] = [
  // The ground knows no feature.
  { name: "ground", units: ["clock", "memo"] },
  { name: "ground", units: ["errors", "rate-limit"] },
  { name: "ground", units: ["db"] },
  { name: "ground", units: ["observability"] },
  { name: "ground", units: ["http"] },
  { name: "ground", units: ["keys"] },
  { name: "ground", units: ["events"] },
  { name: "ground", units: ["audit"] },
  { name: "ground", units: ["outbound"] },
  { name: "ground", units: ["management"] },
  { name: "level 0", units: ["accounts", "operations", "permissions"] },
  { name: "level 1", units: ["apps", "sites"] },
  { name: "level 2", units: ["instances"] },
  { name: "level 3", units: ["extensions"] },
  { name: "level 4", units: ["tokens", "webhooks", "service-plugins"] },
  {
    name: "level 5",
    units: ["stores", "forward-auth", "consent", "dashboard-host", "app-instance", "reference-page"],
  },
  // What wires the features; none of them imports it.
  { name: "level 6", units: ["development-keys.ts"] },
  { name: "level 6", units: ["config.ts", "explain.ts", "initialise.ts"] },
  {
    name: "level 6",
    units: ["front-door.ts", "health.routes.ts", "maintenance.ts", "wire-reference"],
  },
  { name: "level 6", units: ["management-surface.ts"] },
  { name: "level 6", units: ["development"] },
  { name: "level 6", units: ["platform.ts"] },
  { name: "level 6", units: ["server.ts"] },
  { name: "level 6", units: ["shutdown.ts"] },
  { name: "level 6", units: ["index.ts", "main.ts", "testing"] },
];

/** Units that must not be loaded unless asked for: only a dynamic `import()` reaches them. */
export const dynamicOnly: readonly string[] = ["development"];
