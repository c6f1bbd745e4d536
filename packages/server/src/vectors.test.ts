import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { importInstanceKey, readInstanceParameter, writeInstanceParameter } from "@latchkey/protocol";
import { describe, expect, test } from "vitest";
import { signForApp } from "./features/apps/index.ts";

// Compares the vectors of the package `@latchkey/protocol` with what this server signs.

const read = (name: string) =>
  JSON.parse(
    readFileSync(fileURLToPath(import.meta.resolve(`@latchkey/protocol/vectors/${name}.json`)), "utf8"),
  );
const pages = read("pages");

describe("the platform signs what the vectors contain", () => {
  test.each(["webhooks", "service-plugins"])("%s", async (name) => {
    const { cases, privateKey: jwk } = read(name);
    const [{ claims, header, jwt }] = cases;
    const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
    expect(await signForApp(claims, header.typ, { kid: header.kid, privateKey })).toBe(jwt);
  });

  test("pages", async () => {
    const [{ expected, value }] = pages.cases;
    expect(await writeInstanceParameter(expected.parameter, await importInstanceKey(pages.secrets[0]))).toBe(
      value,
    );
  });
});

interface PageCase {
  readonly name: string;
  readonly value: string;
  readonly maxAge?: number;
  readonly expected: object;
}
test.each(pages.cases as PageCase[])("token-info reads the parameter of pages: $name", async (one) => {
  const keys = await Promise.all((pages.secrets as string[]).map(importInstanceKey));
  const check = { keys, now: Date.parse(pages.now), maxAgeMs: one.maxAge };
  expect(await readInstanceParameter(one.value, check)).toEqual(one.expected);
});
