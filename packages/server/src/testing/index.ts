import "../engines.ts";

export { type Stub, type StubCall, type StubResource, stubResource } from "../wiring/stub-resource.ts";
export { TestKitError, type TestKitErrorCode } from "./kit-error.ts";
export type { TestClock } from "./test-clock.ts";
export type { Installation, TestPlatform, TestPlatformOptions } from "./test-platform.ts";
export { createTestPlatform } from "./test-platform.ts";
