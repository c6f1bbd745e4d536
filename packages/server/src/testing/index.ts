export type { ManualClock } from "../clock/index.ts";
export type { ProductInput, VariantChange } from "../stores/index.ts";
export type { TestPlatform, TestPlatformOptions } from "./test-platform.ts";
export { createTestPlatform } from "./test-platform.ts";
