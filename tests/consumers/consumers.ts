import type { Consumer } from "./harness/consumer.ts";
import { bundles } from "./kinds/browser.ts";
import { next } from "./kinds/next.ts";
import { programs } from "./kinds/programs.ts";
import { runtimes } from "./kinds/runtimes.ts";
import { testRunners } from "./kinds/test-runners.ts";
import { typescript } from "./kinds/typescript.ts";

/** Every consumer of the packages. */
export const consumers: readonly Consumer[] = [
  ...programs,
  ...testRunners,
  ...runtimes,
  ...bundles,
  ...next,
  ...typescript,
];
