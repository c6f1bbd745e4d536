import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from "@vitest/expect";

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

const patienceMs = 5_000;
const pauseMs = 10;

/** The assertions of Vitest, which do not depend on its runner. */
export const expect = Object.assign((value, message) => chai.expect(value, message), chai.expect, {
  /** Repeats an assertion until it passes, for at most five seconds. */
  poll: (read) =>
    new Proxy(
      {},
      {
        get:
          (_, matcher) =>
          (...args) =>
            until(async () => chai.expect(await read())[matcher](...args)),
      },
    ),
});

/** Repeats a check until it does not throw, for at most five seconds. */
export async function until(check) {
  const end = Date.now() + patienceMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

/** Types are checked by the compiler alone. */
export function expectTypeOf() {
  const nothing = new Proxy(() => nothing, { get: () => nothing, apply: () => nothing });
  return nothing;
}
