import { ok } from "node:assert/strict";
import type { Consumer } from "../harness/consumer.ts";
import { toolPath } from "../harness/project.ts";

/** Test runners: two run the test kit, and Jest, which loads CommonJS, starts the platform in a process of its own. */
export const testRunners: readonly Consumer[] = [
  {
    name: "Jest",
    files: "examples/jest",
    uses: "server",
    onNode: true,
    async run(project) {
      await project.node(toolPath("jest/bin/jest.js"), "--ci", "--watchman=false");
    },
  },
  {
    name: "Vitest",
    files: "tests/consumers/projects/vitest",
    uses: "server",
    onNode: true,
    async run(project) {
      ok((await project.node("node_modules/vitest/vitest.mjs", "run")).includes("1 passed"));
    },
  },
  {
    name: "node:test",
    files: "tests/consumers/projects/node-test",
    uses: "server",
    onNode: true,
    async run(project) {
      ok((await project.node("--test", "--test-reporter=tap", "platform.test.mjs")).includes("# pass 1\n"));
    },
  },
];
