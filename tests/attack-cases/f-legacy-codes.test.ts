import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Nodes, startNodes } from "./nodes.ts";
import { post } from "./target.ts";

const redirectUrl = "https://app.example/callback";
let running: Nodes;
let client: { client_id: string; client_secret: string };
let instanceId: string;

beforeAll(async () => {
  running = await startNodes(2);
  const call = manage();
  const legacy = { appUrl: "https://app.example/", redirectUrls: [redirectUrl] };
  const { body: app } = await call("POST /apps", { body: { name: "Legacy App", legacy } });
  client = { client_id: app.appId, client_secret: (app.secret as { value: string }).value };
  const { body: site } = await call("POST /sites", { body: { name: "Site" } });
  const { body } = await call(`POST /sites/${site.siteId}/instances`, { body: { appId: app.appId } });
  instanceId = body.instanceId;
});
afterAll(() => running.close());

function manage() {
  return managementCaller({ url: running.nodes[0]?.url ?? "", adminKey: running.adminKey });
}

/** Sends a request 100 times at once, to both nodes. */
async function statuses(parameters: object): Promise<number[]> {
  const sent = Array.from({ length: 100 }, (_, index) =>
    post(`${running.nodes[index % 2]?.url}/oauth/access`, { ...client, ...parameters }),
  );
  return (await Promise.all(sent)).map(({ status }) => status);
}

const count = (all: readonly number[], status: number): number => all.filter((one) => one === status).length;

test("J2 of 100 uses of a code at once, on two nodes, one gets tokens, and the other 99 revoke them", async () => {
  const { body } = await manage()("POST /dev/codes", { body: { instanceId, redirectUrl } });
  const all = await statuses({ grant_type: "authorization_code", code: body.code });
  expect([count(all, 200), count(all, 400)]).toEqual([1, 99]);
  const audit = await manage()(`GET /audit?instanceId=${instanceId}&action=instance.tokens.revoked`);
  expect(audit.body.items).toHaveLength(1);
});

test("J1 all of 100 uses of a refresh token at once, on two nodes, get it back", async () => {
  const { body } = await manage()("POST /dev/codes", { body: { instanceId, redirectUrl } });
  const grant = { grant_type: "authorization_code", code: body.code };
  const tokens = await post(`${running.nodes[0]?.url}/oauth/access`, { ...client, ...grant });
  const all = await statuses({ grant_type: "refresh_token", refresh_token: tokens.body.refresh_token });
  expect(count(all, 200)).toBe(100);
});
