// Takes the place of `vitest` in the SDK's tests on runtimes where Vitest does not run. JavaScript, because what it imports is
// installed by the tests alone.
export {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  onTestFinished,
  test,
  test as it,
} from "./collect.ts";
export { expect, expectTypeOf } from "./expect.js";
export { vi } from "./vi.js";
