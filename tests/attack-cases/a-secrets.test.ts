import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askToken, createTarget, mint, type Target, tokenInfo } from "./target.ts";

const actor = { name: "test", requestId: "" };
const hour = 3_600_000;

describe.each(["sqlite", "postgres"] as const)("on %s", (database) => {
  let target: Target;

  beforeAll(async () => {
    target = await createTarget({ database });
  });
  afterAll(() => target.platform.close());

  test("A16 accepts each secret until it expires or is deleted", async () => {
    const { clock } = target.platform;
    const passing = await addSecret(target, { expiresAt: clock.now() + hour });
    const deleted = await addSecret(target);
    expect(await statuses(target, passing, deleted)).toEqual([200, 200, 200]);

    await clock.advance(hour - 1);
    expect(await statuses(target, passing, deleted)).toEqual([200, 200, 200]);
    await clock.advance(1);
    expect(await statuses(target, passing, deleted)).toEqual([200, 401, 200]);
    await change(target, deleted.secretId, "delete");
    expect(await statuses(target, passing, deleted)).toEqual([200, 401, 401]);
  });

  test("A16 keeps tokens of a deleted or expired secret valid", async () => {
    const { clock } = target.platform;
    const passing = await addSecret(target, { expiresAt: clock.now() + 1 });
    const deleted = await addSecret(target);
    const tokens = [
      await mint(target, { client_secret: passing.value }),
      await mint(target, { client_secret: deleted.value }),
    ];
    await clock.advance(1);
    await change(target, deleted.secretId, "delete");
    for (const token of tokens) expect(await tokenInfo(target, token)).toMatchObject({ active: true });
  });

  test("A17 rejects a compromised secret and the tokens minted with it, and no others", async () => {
    const leaked = await addSecret(target);
    const token = await mint(target, { client_secret: leaked.value });
    const sibling = await mint(target);
    await change(target, leaked.secretId, "compromise");

    const { body, status } = await askToken(target, { client_secret: leaked.value });
    expect({ status, body }).toEqual({
      status: 401,
      body: { error: "invalid_client", error_description: "The client is unknown or its secret is wrong." },
    });
    expect(await tokenInfo(target, token)).toEqual({ active: false });
    expect(await tokenInfo(target, sibling)).toMatchObject({ active: true });
  });

  test("A17 keeps a compromised secret compromised when it is deleted afterwards", async () => {
    const leaked = await addSecret(target);
    const token = await mint(target, { client_secret: leaked.value });
    await change(target, leaked.secretId, "compromise");
    await change(target, leaked.secretId, "delete");
    expect(await tokenInfo(target, token)).toEqual({ active: false });
    expect((await askToken(target, { client_secret: leaked.value })).status).toBe(401);
  });

  test("A17 revokes the tokens of a secret that is marked as compromised after its deletion", async () => {
    const leaked = await addSecret(target);
    const token = await mint(target, { client_secret: leaked.value });
    await change(target, leaked.secretId, "delete");
    expect(await tokenInfo(target, token)).toMatchObject({ active: true });
    await change(target, leaked.secretId, "compromise");
    expect(await tokenInfo(target, token)).toEqual({ active: false });
    expect((await askToken(target, { client_secret: leaked.value })).status).toBe(401);
  });
});

function addSecret({ appId, platform }: Target, options: { expiresAt?: number } = {}) {
  const { apps, database } = platform.platform;
  return database.write((trx) => apps.createSecret(trx, actor, { appId, name: "Second", ...options }));
}

function change({ appId, platform }: Target, secretId: string, how: "delete" | "compromise") {
  const { apps, database } = platform.platform;
  return database.write((trx) => apps.changeSecret(trx, actor, { appId, secretId, change: how }));
}

/** The responses to token requests with the first secret and with each of the others. */
async function statuses(target: Target, ...secrets: readonly { value: string }[]): Promise<number[]> {
  const values = [target.secret, ...secrets.map(({ value }) => value)];
  const replies = await Promise.all(values.map((client_secret) => askToken(target, { client_secret })));
  return replies.map(({ status }) => status);
}
