import { ok } from "node:assert/strict";
import type { Consumer } from "../harness/consumer.ts";
import { toolPath } from "../harness/project.ts";

/** Test runners with the test kit. Jest, which loads CommonJS, has the platform in a child process. */
export const testRunners: readonly Consumer[] = [
  {
    name: "Jest",
    files: "examples/test-your-app",
    uses: "server",
    onNode: true,
    async run(project) {
      await project.node(toolPath("jest/bin/jest.js"), "--ci", "--watchman=false", "app.test.cjs");
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
