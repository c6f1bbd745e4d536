import type { TestPlatform } from "@latchkey/server/testing";
import { managementCaller } from "@latchkey/test-support/management-client";
import { PageVisitor, type VisitedPage } from "@latchkey/test-support/page-visitor";
import { createPerson } from "@latchkey/test-support/people";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Nodes, startNodes } from "./nodes.ts";

const back = "https://app.example/installed";
let running: Nodes;

beforeAll(async () => {
  running = await startNodes(2);
  await manage()("PUT /roles/EDITOR", { body: { permissions: [] } });
});
afterAll(() => running.close());

const node = (index: number) => running.nodes[index % 2] as Nodes["nodes"][number];
const manage = () => managementCaller({ url: node(0).url, adminKey: running.adminKey });

async function prepare() {
  const call = manage();
  const app = { name: "Shipping Rates", postInstallationUrls: [back] };
  const { body } = await call("POST /apps", { body: app });
  const { body: site } = await call("POST /sites", { body: { name: "Corner Shop" } });
  return { call, appId: body.appId, siteId: site.siteId };
}

const installs = async (siteId: string) =>
  (await manage()(`GET /audit?siteId=${siteId}&action=instance.installed`)).body.items;

/** Sends the form of a page 100 times at once, to both nodes, with the cookies of the visitor. */
function sendAll(visitor: PageVisitor, { form }: VisitedPage, decision: string): Promise<Response[]> {
  const body = new URLSearchParams(form.fields);
  body.set("decision", decision);
  const headers = { cookie: visitor.cookies, "sec-fetch-site": "same-origin" };
  const sent = Array.from({ length: 100 }, (_, index) =>
    fetch(node(index).url + form.action, { method: "POST", body, headers, redirect: "manual" }),
  );
  return Promise.all(sent);
}

test("F13 100 uses of an install link at once, on two nodes: one installs the app", async () => {
  const { appId, call, siteId } = await prepare();
  const { body } = await call(`POST /sites/${siteId}/install-links`, { body: { appId } });
  const visitor = new PageVisitor(node(0).url);
  const page = await visitor.open(`/installer/link${new URL(String(body.url)).search}`);
  const responses = await sendAll(visitor, page, "approve");
  expect(responses.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(await installs(siteId)).toHaveLength(1);
});

test("100 decisions on a request at once, on two nodes: one counts", async () => {
  const { appId, call, siteId } = await prepare();
  const target = node(0) as unknown as TestPlatform;
  const [owner, editor] = [await createPerson(target, "Owner"), await createPerson(target, "Editor")];
  await call(`PUT /sites/${siteId}/members/${owner.accountId}`, { body: { role: "OWNER" } });
  await call(`PUT /sites/${siteId}/members/${editor.accountId}`, { body: { role: "EDITOR" } });
  const question = await editor.visitor.open(
    `/app-installer?appId=${appId}&siteId=${siteId}&postInstallationUrl=${encodeURIComponent(back)}`,
  );
  const asked = await editor.visitor.send(question, { decision: "request" });
  const page = await owner.visitor.open(new URL(asked.url).pathname);
  await sendAll(owner.visitor, page, "approve");
  expect(await installs(siteId)).toHaveLength(1);
  const decisions = await call(`GET /audit?siteId=${siteId}&action=install-request.approved`);
  expect(decisions.body.items).toHaveLength(1);
});
