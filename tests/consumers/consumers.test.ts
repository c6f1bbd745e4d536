import { afterAll, beforeAll, test } from "vitest";
import type { Installation } from "../operations/packed-packages.ts";
import { consumers } from "./consumers.ts";
import { installForConsumers } from "./harness/installation.ts";
import { createProject } from "./harness/project.ts";
import { openShop, type Shop } from "./harness/shop.ts";

let installation: Installation;
let shop: Shop;

beforeAll(async () => {
  installation = await installForConsumers();
  shop = await openShop();
});
afterAll(async () => {
  await shop?.platform.close();
  installation?.remove();
});

test.each(consumers.filter(({ slow }) => !slow))(
  "$name works with the packages from their tarballs (FR-D2, FR-E3, FR-F11)",
  async ({ files, run }) => {
    await run(
      createProject({ files, installation: installation.directory, nodePath: process.execPath, shop }),
    );
  },
);
