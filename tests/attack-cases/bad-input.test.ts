import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bothStacks, type RemoteTarget } from "./both-stacks.ts";
import { askToken, mint, post, tokenParameters } from "./target.ts";

describe.each(bothStacks)("%s", (_, start) => {
  let target: RemoteTarget;
  let authorization: string;

  beforeAll(async () => {
    target = await start();
    authorization = await mint(target);
  });
  afterAll(() => target.close());

  describe("the token endpoint refuses", () => {
    const fields = ["grant_type", "client_id", "client_secret", "instance_id"];
    const odd: readonly (readonly [string, unknown, (field: string) => string])[] = [
      ["missing", undefined, (field) => `${field} is missing.`],
      ["empty", "", (field) => `${field} is missing.`],
      ["null", null, (field) => `${field} must be a string.`],
      ["a number", 4, (field) => `${field} must be a string.`],
      ["a boolean", false, (field) => `${field} must be a string.`],
      ["an array", [], () => "Every parameter must be a plain value, not an object or an array."],
      ["an object", {}, () => "Every parameter must be a plain value, not an object or an array."],
    ];

    test.each(
      fields.flatMap((field) => odd.map(([what, value, text]) => [field, what, value, text(field)] as const)),
    )("a %s that is %s", async (field, _, value, error_description) => {
      const { body, status } = await askToken(target, { [field]: value });
      expect({ status, body }).toEqual({
        status: 400,
        body: { error: "invalid_request", error_description },
      });
    });

    test.each(fields)("a form whose %s is missing, and one where it is empty", async (field) => {
      const error_description = `${field} is missing.`;
      for (const changes of [{ [field]: undefined }, { [field]: "" }]) {
        const parameters = Object.entries(tokenParameters(target, changes)) as [string, string | undefined][];
        const form = parameters.filter((one): one is [string, string] => one[1] !== undefined);
        const { body, status } = await post(`${target.url}/oauth2/token`, new URLSearchParams(form));
        expect({ status, body }).toEqual({
          status: 400,
          body: { error: "invalid_request", error_description },
        });
      }
    });
  });

  describe("the products query refuses", () => {
    test.each([
      ["an unknown operator", { query: { filter: '{"name":{"$where":"1"}}' } }],
      ["an unknown field", { query: { filter: '{"owner":"x"}' } }],
      ["a field of every object", { query: { filter: '{"constructor":"x"}' } }],
      ["a filter that is not JSON", { query: { filter: "name = 'x'" } }],
      ["a sort by an unknown field", { query: { sort: '[{"owner":"asc"}]' } }],
      ["a sort in an unknown direction", { query: { sort: '[{"name":"asc; DROP TABLE products"}]' } }],
      ["a limit above 100", { query: { paging: { limit: 101 } } }],
      ["a negative limit", { query: { paging: { limit: -1 } } }],
      ["a negative offset", { query: { paging: { offset: -1 } } }],
      ["an offset with a fraction", { query: { paging: { offset: 1.5 } } }],
      ["a huge offset", { query: { paging: { offset: 1e300 } } }],
      ["a limit that is text", { query: { paging: { limit: "many" } } }],
    ])("%s, with the field", async (_, query) => {
      const { body, status } = await post(`${target.url}/stores/v1/products/query`, query, { authorization });
      expect(status).toBe(400);
      expect(body.message).not.toBe("");
      const [violation] = body.details.validationError.fieldViolations;
      expect(violation).toEqual(
        expect.objectContaining({
          field: expect.stringMatching(/^query\./),
          description: expect.stringMatching(/./),
          violatedRule: expect.stringMatching(/^[A-Z_]+$/),
        }),
      );
    });

    test.each([
      ["broken JSON", "{", "application/json", 400],
      ["a key twice", '{"query":{},"query":{}}', "application/json", 400],
      ["the key __proto__", '{"__proto__":{}}', "application/json", 400],
      ["an array", "[]", "application/json", 400],
      ["text", "{}", "text/plain", 415],
      ["1 MB", " ".repeat(1 << 20), "application/json", 413],
    ])("a body that is %s", async (_, content, type, expected) => {
      const headers = { authorization, "content-type": type };
      const { body, status } = await post(`${target.url}/stores/v1/products/query`, content, headers);
      expect(status).toBe(expected);
      expect(Object.keys(body)).toEqual(["message", "details"]);
    });
  });
});
