import type {
  TestPlatformOptions as LocalOptions,
  TestPlatform as LocalPlatform,
  TestClock,
} from "@latchkey/server/testing" with { "resolution-mode": "import" };

/** The platform in a child process. It has the methods of `@latchkey/server/testing`, except those that need its objects. */
export interface TestPlatform extends Omit<LocalPlatform, "clock" | "platform" | "signingKey" | "stub"> {
  readonly clock: Pick<TestClock, "now" | "offset" | "advance" | "set" | "reset">;
  /** Adds stubs; each replaces one with the same method and path. Throws `invalid_stub`. */
  stub(stubs: JsonStubs): Promise<void>;
}

/** Responses by method and path, as in the file of `LATCHKEY_STUBS`. */
export interface JsonStubs {
  readonly [methodAndPath: string]: {
    /** The permission that the access token needs; default: none. */
    readonly permission?: string;
    /** Default: 200. */
    readonly status?: number;
    readonly body?: unknown;
  };
}

export interface TestPlatformOptions extends Omit<LocalOptions, "resources" | "stubs"> {
  /** Names of modules, such as `"@latchkey/stores"`; default: none. */
  readonly resources?: readonly string[];
  readonly stubs?: JsonStubs;
}

/**
 * Starts a platform in a child process, for Jest in its default mode. Throws `invalid_option`, `invalid_time`.
 *
 * @example
 * const { createTestPlatform } = require("@latchkey/server/testing/jest");
 *
 * let platform;
 * beforeAll(async () => {
 *   platform = await createTestPlatform({ resources: ["@latchkey/stores"] });
 * });
 * afterAll(() => platform.close());
 */
export function createTestPlatform(options?: TestPlatformOptions): Promise<TestPlatform>;
