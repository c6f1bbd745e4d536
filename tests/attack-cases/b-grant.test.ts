import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  askAbout,
  createTarget,
  manageProducts,
  mint,
  post,
  readProducts,
  type Target,
  tokenInfo,
} from "./target.ts";

describe.each(["sqlite", "postgres"] as const)("on %s", (database) => {
  let target: Target;

  beforeAll(async () => {
    target = await createTarget({ database });
  });
  afterAll(() => target.platform.close());

  test("B9 accepts a lost permission from tokens that are out, and leaves them alive", async () => {
    const token = await mint(target);
    expect((await queryProducts(token)).status).toBe(200);

    await target.platform.approve(target.instanceId, []);
    const { body, status } = await queryProducts(token);
    expect({ status, body }).toEqual({
      status: 403,
      body: {
        message: "Permission WIX_STORES.READ_PRODUCTS is required",
        details: {
          applicationError: {
            code: "PERMISSION_DENIED",
            description: "Permission WIX_STORES.READ_PRODUCTS is required",
            data: {
              permission: "WIX_STORES.READ_PRODUCTS",
              approvalUrl: `${target.url}/installer/approve?instanceId=${target.instanceId}`,
            },
          },
        },
      },
    });
    expect(await tokenInfo(target, token)).toMatchObject({ active: true });
    expect(await scopeOf(token)).toBe("SCOPE.DC.MANAGE-YOUR-APP");

    await target.platform.approve(target.instanceId, [readProducts]);
    expect((await queryProducts(token)).status).toBe(200);
  });

  test("B9 adds nothing of a widened grant to existing tokens, which stay valid", async () => {
    const token = await mint(target);
    const before = await scopeOf(token);
    await target.platform.approve(target.instanceId, [readProducts, manageProducts]);
    expect(await scopeOf(token)).toBe(before);
    expect(await scopeOf(await mint(target))).toContain(manageProducts);
    expect((await queryProducts(token)).status).toBe(200);
    await target.platform.approve(target.instanceId, [readProducts]);
  });

  test("B9 keeps a token with fewer scopes at these scopes", async () => {
    const narrow = await mint(target, { scope: "SCOPE.DC.MANAGE-YOUR-APP" });
    expect((await queryProducts(narrow)).status).toBe(403);
    expect(await scopeOf(narrow)).toBe("SCOPE.DC.MANAGE-YOUR-APP");
  });

  function queryProducts(authorization: string) {
    return post(`${target.url}/stores/v1/products/query`, {}, { authorization });
  }

  async function scopeOf(token: string): Promise<string> {
    return (await askAbout(target, "introspect", { token })).body.scope;
  }
});
