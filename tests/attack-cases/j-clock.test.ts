import { afterEach, beforeEach, expect, test } from "vitest";
import { askAbout, createTarget, mint, type Target, tokenInfo } from "./target.ts";

const hour = 3_600_000;
let target: Target;

beforeEach(async () => {
  target = await createTarget();
});
afterEach(() => target.platform.close());

test("J8 keeps a token revoked when the clock jumps ahead and back", async () => {
  const { clock } = target.platform;
  const token = await mint(target);
  await askAbout(target, "revoke", { token });
  await clock.advance(5 * hour);
  await clock.set(clock.now() - 4 * hour);
  expect(await tokenInfo(target, token)).toEqual({ active: false });
});

test("J8 keeps tokens of a removed instance invalid when the clock is set back", async () => {
  const { clock } = target.platform;
  const token = await mint(target);
  await target.platform.remove(target.instanceId);
  await target.platform.install({ appId: target.appId, siteId: target.siteId });
  await clock.set(clock.now() - hour);
  expect(await tokenInfo(target, token)).toEqual({ active: false });
});

test("J8 mints and accepts tokens after the clock was set back", async () => {
  const { clock } = target.platform;
  const before = await mint(target);
  await clock.set(clock.now() - hour);
  expect(await tokenInfo(target, before)).toMatchObject({ active: true });
  expect(await tokenInfo(target, await mint(target))).toMatchObject({ active: true });
});
