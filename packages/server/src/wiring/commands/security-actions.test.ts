import { expect, test } from "vitest";
import { securityActions } from "../../features/audit/index.ts";
import { createTestPlatform } from "../../testing/index.ts";

test("each security change is repeated by a request that the management API has (FR-B5)", async () => {
  const { close, platform } = await createTestPlatform();
  const served = platform.routes.map(({ method, path }) => `${method} ${path}`);
  const requests = [...securityActions.values()].filter((request) => request !== "done");
  expect(requests.map((request) => request.replace(" ", " /admin/v1"))).toSatisfy((all: string[]) =>
    all.every((request) => served.includes(request)),
  );
  await close();
});
