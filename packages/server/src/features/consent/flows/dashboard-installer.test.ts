import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import { createPerson } from "@latchkey/test-support/people";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";

let platform: TestPlatform;
let call: CallManagement;
beforeAll(async () => {
  platform = await createTestPlatform();
  call = managementCaller(platform);
  await call("PUT /roles/EDITOR", { body: { permissions: [] } });
});
afterAll(() => platform.close());

async function prepare(role: string) {
  // The app has registered no address to return to.
  const { appId } = await platform.createApp({ name: "Night Prices" });
  const { siteId } = await platform.createSite({ name: "Corner Shop" });
  const person = await createPerson(platform);
  await call(`PUT /sites/${siteId}/members/${person.accountId}`, { body: { role } });
  const address = `/installer/dashboard?appId=${appId}&siteId=${siteId}`;
  return { appId, siteId, person, address, site: `${platform.url}/dashboard/sites/${siteId}` };
}
const appsOf = async (siteId: string) => (await call(`GET /sites/${siteId}/apps`)).body.items;

test("an owner approves an app from the dashboard, and returns to the page of the site", async () => {
  const { address, person, site, siteId } = await prepare("OWNER");
  const page = await person.visitor.open(address);
  expect(page.title).toBe("Install Night Prices on Corner Shop?");
  expect((await person.visitor.send(page, { decision: "approve" })).url).toBe(site);
  expect(await appsOf(siteId)).toMatchObject([{ name: "Night Prices", state: "installed" }]);
  expect((await person.visitor.open(address)).url).toBe(site);
});

test("an owner who cancels returns there too, and nothing is installed", async () => {
  const { address, person, site, siteId } = await prepare("OWNER");
  const page = await person.visitor.open(address);
  expect((await person.visitor.send(page, { decision: "cancel" })).url).toBe(site);
  expect(await appsOf(siteId)).toEqual([]);
});

test("a member who may not install apps asks an owner, sees the own request alone, and returns after the decision", async () => {
  const { address, person, site, siteId } = await prepare("EDITOR");
  const other = await createPerson(platform, "Other");
  await call(`PUT /sites/${siteId}/members/${other.accountId}`, { body: { role: "EDITOR" } });
  const page = await person.visitor.open(address);
  const asked = await person.visitor.send(page, { decision: "request" });
  const path = new URL(asked.url).pathname;
  const requestsOf = async ({ visitor }: typeof person) =>
    JSON.parse((await visitor.open(`/admin/v1/sites/${siteId}/install-requests`)).text).items;
  expect(await requestsOf(other)).toEqual([]);
  expect(await requestsOf(person)).toMatchObject([
    { appName: "Night Prices", accountName: expect.stringContaining("person"), state: "pending" },
  ]);
  const requestId = path.split("/").at(-1);
  await call(`POST /sites/${siteId}/install-requests/${requestId}/approve`);
  expect(await requestsOf(person)).toMatchObject([{ state: "approved" }]);
  expect((await person.visitor.open(path)).url).toBe(site);
});

test("a stranger is told that there is no such site", async () => {
  const { address } = await prepare("OWNER");
  const stranger = await createPerson(platform);
  const page = await stranger.visitor.open(address);
  expect([page.status, page.text]).toEqual([404, expect.stringContaining("SITE_NOT_FOUND")]);
});
