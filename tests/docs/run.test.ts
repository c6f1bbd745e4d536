import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { runShell } from "./run.ts";

const place = { directory: tmpdir(), variables: {} };

test("FR-D8: programs see only the variables that a block has exported, later blocks see all", async () => {
  const first = await runShell('GREETING=hello; export NAME=Ada; shout() { echo "$1!"; }', place);
  expect(first.variables.NAME).toBe("Ada");
  expect(first.variables.GREETING).toBeUndefined();
  const second = await runShell('shout "$GREETING $NAME"; env | grep -c GREETING || true', {
    ...place,
    ...first,
  });
  expect(second.output).toBe("hello Ada!\n0\n");
});
