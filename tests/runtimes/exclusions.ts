/** The runtimes on which the SDK's tests run besides Node, where Vitest runs all of them. */
export const runtimeNames = ["Bun", "Deno", "workerd"] as const;

export type RuntimeName = (typeof runtimeNames)[number];

/** Tests that do not run on some runtimes. */
export interface Exclusion {
  readonly reason: string;
  /** Each is a file from `packages/sdk/src`, or a file and the beginning of names of tests: `file > name`. */
  readonly tests: readonly string[];
  /** Default: all runtimes. */
  readonly on?: readonly RuntimeName[];
}

/** Files that are not bundled for other runtimes, and why. */
export const excludedFiles: readonly Exclusion[] = [
  {
    reason: "it starts servers by Express, Fastify and Hono for Node",
    tests: ["resource-server/guards.test.ts"],
  },
  {
    reason: "the redirect is for Node",
    tests: ["redirect/redirect.test.ts"],
  },
  { reason: "it measures a bundle, not a runtime", tests: ["bundle-size.test.ts"] },
];

/** Tests of the other files that are excluded, and why. */
const excludedTests: readonly Exclusion[] = [
  {
    reason: "the SDK does not depend on the database of the platform; Vitest runs them on both",
    tests: [
      "resource-server/offline.test.ts > an API with offline checks on postgres",
      "resource-server/online.test.ts > an API with online checks on postgres",
    ],
  },
  {
    reason: "they load modules again, which a bundle cannot",
    tests: [
      "http/uncached-fetch.test.ts > a runtime that throws",
      "http/uncached-fetch.test.ts > FR-E1: a network error",
      "http/uncached-fetch.test.ts > FR-E1: an error that a framework",
      "http/uncached-fetch.test.ts > FR-E1: one file of the SDK",
    ],
  },
  {
    reason: "it collects garbage by functions of V8 that the runtime does not have",
    tests: ["app/create-app.test.ts > createApp > uses the memory of"],
    on: ["Bun", "workerd"],
  },
  {
    reason: "the runtime reports the causes of network errors with other codes and texts than Node",
    tests: [
      "tokens/token-request.test.ts > a rejected token request > FR-D §3: says that the port speaks http",
    ],
    on: ["Bun", "Deno", "workerd"],
  },
  {
    reason: "Deno reports refused connections without a code",
    tests: ["sockets.test.ts > over real sockets > reports a refused connection"],
    on: ["Deno"],
  },
  {
    reason: "fetch of Deno itself sends a request again when its connection breaks before the response",
    tests: ["sockets.test.ts > over real sockets > does not retry a write"],
    on: ["Deno"],
  },
  {
    reason: "Web Crypto of Deno imports a key that is not on its curve, and throws when it verifies",
    tests: ["resource-server/jose-access-tokens.test.ts > the key > not on the curve"],
    on: ["Deno"],
  },
  {
    reason: "Bun prints errors with the name of their built-in class",
    tests: ["errors.test.ts > LatchkeyError > prints code"],
    on: ["Bun"],
  },
  {
    reason: "a Request of Bun may have the method TRACE",
    tests: ["webhooks/node-handler.test.ts > node:http > survives a client"],
    on: ["Bun"],
  },
  {
    reason: "a worker cannot listen on a socket",
    tests: [
      "app/refused-requests.test.ts > (FR-E9) a refused request is reported by > nodeHandler",
      "platform.test.ts > against the real platform > calls a resource with a token for it",
      "sockets.test.ts",
      "webhooks/node-handler.test.ts",
    ],
    on: ["workerd"],
  },
  {
    reason: "node:crypto of workerd does not sign with its own key objects",
    tests: ["resource-server/jose-access-tokens.test.ts"],
    on: ["workerd"],
  },
  {
    reason: "a worker has no access to files",
    tests: [
      "error-codes.test.ts",
      "errors.test.ts > LatchkeyError > is recognized when it was created by another copy",
      "keys/jose-webhooks.test.ts > jose accepts what the platform signs: > the vectors",
    ],
    on: ["workerd"],
  },
];

/** The tests that are excluded on a runtime. */
export function excludedOn(name: RuntimeName): string[] {
  return excludedTests
    .filter(({ on }) => on === undefined || on.includes(name))
    .flatMap(({ tests }) => tests);
}
