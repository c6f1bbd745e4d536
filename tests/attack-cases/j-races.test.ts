import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { askToken, createTarget, mint, type Reply, type Target, tokenInfo } from "./target.ts";

const actor = { name: "test", requestId: "" };

describe.each(["sqlite", "postgres"] as const)("on %s", (database) => {
  let target: Target;

  beforeEach(async () => {
    target = await createTarget({ database });
  });
  afterEach(() => target.platform.close());

  test("J4 revokes all tokens minted before or during the removal of their instance", async () => {
    const { after, tokens } = await raceMints(target, {}, () => target.platform.remove(target.instanceId));
    expect(after.status).toBe(404);
    await target.platform.install({ appId: target.appId, siteId: target.siteId });
    expect(await statesOf(target, tokens)).toEqual(tokens.map(() => false));
    expect(await tokenInfo(target, await mint(target))).toMatchObject({ active: true });
  });

  test("J5 revokes all tokens minted before or while their secret was marked as compromised", async () => {
    const { apps, database: db } = target.platform.platform;
    const { appId } = target;
    const leaked = await db.write((trx) => apps.createSecret(trx, actor, { appId, name: "Leaked" }));
    const change = { appId, secretId: leaked.secretId, change: "compromise" } as const;
    const { after, tokens } = await raceMints(target, { client_secret: leaked.value }, () =>
      db.write((trx) => apps.changeSecret(trx, actor, change)),
    );
    expect(after.status).toBe(401);
    expect(await statesOf(target, tokens)).toEqual(tokens.map(() => false));
  });

  test("J5 mints no token after the response to the deletion of the secret", async () => {
    const { apps, database: db } = target.platform.platform;
    const { appId } = target;
    const old = await db.write((trx) => apps.createSecret(trx, actor, { appId, name: "Old" }));
    const change = { appId, secretId: old.secretId, change: "delete" } as const;
    const { after } = await raceMints(target, { client_secret: old.value }, () =>
      db.write((trx) => apps.changeSecret(trx, actor, change)),
    );
    // 429 when more than 60 of the requests were refused.
    expect([401, 429]).toContain(after.status);
  });
});

/** Requests 150 tokens, makes the change after a third of them, and requests one more after it. */
async function raceMints(
  target: Target,
  parameters: Record<string, string>,
  change: () => Promise<unknown>,
): Promise<{ tokens: string[]; after: Reply }> {
  const tokens: string[] = [];
  let changed: Promise<unknown> | undefined;
  const asking = Array.from({ length: 150 }, async () => {
    const { body, status } = await askToken(target, parameters);
    if (status === 200 && tokens.push(body.access_token) === 50) changed = change();
  });
  await Promise.all(asking);
  await changed;
  expect(tokens.length).toBeGreaterThanOrEqual(50);
  return { tokens, after: await askToken(target, parameters) };
}

async function statesOf(target: Target, tokens: readonly string[]): Promise<unknown[]> {
  return await Promise.all(tokens.map(async (token) => (await tokenInfo(target, token)).active));
}
