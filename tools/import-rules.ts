// Who may import whom. This table is the only place that says it: `npm run check` enforces it, and the graph in
// ARCHITECTURE.md is drawn from it.

/** A package of the workspace and the packages that its code may import (its tests may import all). */
export const packageRules: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  sdk: ["protocol"],
  server: ["protocol"],
  stores: ["server"],
  cli: ["sdk", "server", "stores"],
  dashboard: [],
};

/** A folder beside the packages, the packages that it may import by name, and the folders it may reach by path. */
export const folderRules: Readonly<
  Record<string, { packages: readonly string[]; folders: readonly string[] }>
> = {
  examples: { packages: ["sdk", "server"], folders: [] },
  tools: { packages: ["protocol", "sdk", "server", "stores"], folders: [] },
  bench: { packages: ["protocol", "sdk", "server", "stores"], folders: ["tools"] },
  tests: {
    packages: ["protocol", "sdk", "server", "stores", "test-support"],
    folders: ["tools", "bench", "examples"],
  },
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
  "packages/server/src/testing/plans/",
  "packages/stores/src/test-support/",
  "packages/server/src/features/webhooks/testing/",
];

/** The layers of packages/server/src, lowest first. A layer imports itself and those below it. */
export const serverLayers = ["infrastructure", "features", "wiring"] as const;

/**
 * The features, lowest first. A feature imports only features of the rows above its own in this list, and a folder of
 * features or infrastructure only through its index.ts.
 */
export const featureOrder: readonly (readonly string[])[] = [
  ["audit", "events"],
  ["permissions", "api-keys", "signing-keys"],
  ["apps", "sites"],
  ["instances"],
  ["extensions"],
  ["tokens", "webhooks", "service-plugins"],
  ["forward-auth", "resources", "api-reference"],
];

/** Folders that production must not load: only a dynamic `import()` reaches them. */
export const dynamicOnly: readonly string[] = ["packages/server/src/wiring/development/"];
