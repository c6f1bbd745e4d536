// The import rules. `npm run check` enforces them and draws the graph in ARCHITECTURE.md.

/** The packages that each package may import. Tests may import all packages. */
export const packageRules: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  sdk: ["protocol"],
  server: ["protocol"],
  stores: ["server"],
  cli: ["sdk", "server", "stores"],
  dashboard: [],
};

/** The packages that other folders may import by name, and the folders that they may import by path. */
export const folderRules: Readonly<
  Record<string, { packages: readonly string[]; folders: readonly string[] }>
> = {
  examples: { packages: ["sdk", "server"], folders: [] },
  tools: { packages: ["protocol", "sdk", "server", "stores"], folders: ["examples"] },
  bench: { packages: ["protocol", "sdk", "server", "stores"], folders: ["tools"] },
  tests: {
    packages: ["protocol", "sdk", "server", "stores", "test-support"],
    folders: ["tools", "bench", "examples"],
  },
};

/** Packages without `node:` modules, because they run on every runtime. */
export const portablePackages: readonly string[] = ["protocol", "sdk"];

/** Folders of portable packages that may import `node:` modules, and which. */
export const portableExceptions: Readonly<Record<string, readonly string[]>> = {
  // Node, Bun, Deno and workers have it. Other runtimes do not need this folder.
  "packages/sdk/src/essentials/": ["node:async_hooks"],
  // Runs on Node only.
  "packages/sdk/src/redirect/": [
    ...["node:http", "node:https", "node:module", "node:net", "node:tls", "node:url", "node:worker_threads"],
  ],
};

/** Folders of test support, which are not published. */
export const testSupport: readonly string[] = [
  "packages/server/src/testing/plans/",
  "packages/server/src/testing/support/",
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
  ["accounts", "permissions", "api-keys", "signing-keys", "jobs", "retention"],
  ["apps", "sites"],
  ["instances", "counts"],
  ["extensions"],
  ["tokens", "webhooks", "service-plugins"],
  ["forward-auth", "resources", "api-reference", "consent", "dashboard", "find", "timeline"],
  ["portal"],
];

/** Folders that production must not load. Only a dynamic `import()` may load them. */
export const dynamicOnly: readonly string[] = ["packages/server/src/wiring/development/"];
