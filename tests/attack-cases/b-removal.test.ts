import { afterAll, beforeAll, expect, test } from "vitest";
import { type Node, type Nodes, startNodes } from "./nodes.ts";
import { askToken, type Credentials, callApi, mint, tokenInfo } from "./target.ts";

const actor = { name: "test", requestId: "" };
let running: Nodes;
let first: Node;
let client: Credentials & { url: string; siteId: string };

beforeAll(async () => {
  running = await startNodes(3);
  const [node] = running.nodes;
  if (node === undefined) throw new Error("No node started.");
  first = node;
  client = { url: first.url, ...(await installOn(first)) };
});
afterAll(() => running.close());

test("B8 rejects tokens of a removed instance on every node from the next request on", async () => {
  const token = await mint(client);
  const onEach = () => Promise.all(running.nodes.map((node) => tokenInfo(node, token)));
  for (const response of await onEach()) expect(response).toMatchObject({ active: true });

  const { database, instances } = first.platform;
  await database.write((trx) => instances.remove(trx, actor, client.instanceId));
  for (let round = 0; round < 10; round += 1) {
    expect(await onEach()).toEqual(running.nodes.map(() => ({ active: false })));
  }
  for (const { url } of running.nodes) {
    expect((await askToken({ ...client, url })).status).toBe(404);
    expect((await callApi({ url }, token)).status).toBe(401);
  }
});

test("B8 never accepts a revoked token on any node during reinstalls", async () => {
  const { database, instances } = first.platform;
  const install = () => database.write((trx) => instances.install(trx, actor, client));
  await install();
  const dead: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    dead.push(await mint(client));
    await database.write((trx) => instances.remove(trx, actor, client.instanceId));
    await install();
    const responses = running.nodes.flatMap((node) => dead.map((token) => tokenInfo(node, token)));
    expect(new Set((await Promise.all(responses)).map(({ active }) => active))).toEqual(new Set([false]));
  }
});

async function installOn({ platform }: Node): Promise<Credentials & { siteId: string }> {
  const { apps, database, instances, sites } = platform;
  const key = { publicPem: "", privatePem: "" };
  return await database.write(async (trx) => {
    const app = await apps.create(trx, actor, { name: "App", key });
    const { siteId } = await sites.create(trx, actor, { name: "Site" });
    const { instanceId } = await instances.install(trx, actor, { appId: app.appId, siteId });
    return { appId: app.appId, secret: app.secret.value, siteId, instanceId };
  });
}
