import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readConfig } from "@latchkey/server";
import { describe, expect, test } from "vitest";
import { readDocument, root } from "./documents.ts";

const code = ["wiring/config.ts", "features/accounts/oidc/sign-in-variables.ts"]
  .map((file) => readFileSync(join(root, "packages/server/src", file), "utf8"))
  .join("\n");
const { text } = readDocument("docs/reference/configuration.md");

/** Returns the rows of the table below a heading, as cells. */
function tableUnder(heading: string): string[][] {
  const part = text.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? "";
  const rows = part.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

const required = {
  LATCHKEY_ENCRYPTION_KEY: "9f2c41d80b6e7a53c1f894e02d7b65a8304c9e1f6bd2750a8e43c7196fb05d2a",
  LATCHKEY_ADMIN_KEY: "5f0c1f5ab7e64c3a9d2be8107c4f6a92d3b1e0587f64c2a9",
};

describe("configuration.md", () => {
  const variables = tableUnder("Variables of the server");

  test("has exactly the variables of config.ts", () => {
    const read = [...code.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name]) => `\`${name}\``);
    expect(variables.map(([name]) => name).sort()).toEqual([...new Set(read)].sort());
  });

  test("has the defaults", () => {
    const told = Object.fromEntries(variables.map(([name = "", value = ""]) => [name, value]));
    const config = readConfig(required);
    expect(told["`LATCHKEY_ENV`"]).toBe(`\`${config.environment}\``);
    expect(told["`HOST`"]).toBe(`\`${config.host}\``);
    expect(told["`PORT`"]).toBe(`\`${config.port}\``);
    expect(told["`LATCHKEY_LOG_LEVEL`"]).toBe(`\`${config.logLevel}\``);
    expect(told["`LATCHKEY_DATA_DIR`"]).toBe("`.latchkey`");
    expect(config.dataDirectory).toBe(resolve(".latchkey"));
    expect(config.databaseUrl).toBe(`sqlite:${resolve(".latchkey")}`);
    expect(config.publicUrl).toBe("http://127.0.0.1:4400");
  });

  const cases = tableUnder("What a start refuses");

  test.each(cases)("has the error of a start with %s", (settings = "", message = "") => {
    const given = [...settings.matchAll(/(no )?`([A-Z_]+)=?([^`]*)`/g)];
    const env: Record<string, string | undefined> = { ...required };
    for (const [, absent, name = "", value] of given) env[name] = absent ? undefined : value;
    expect(given.length).toBeGreaterThan(0);
    expect(() => readConfig(env)).toThrow(
      expect.objectContaining({
        code: "invalid_configuration",
        message: `The configuration is not usable. ${message}`,
      }),
    );
  });

  test("has every error of config.ts", () => {
    const messages = [...code.matchAll(/["`](?:\w+ )?(?:must|is) [^"`]+\.["`]/g)];
    expect(messages.length).toBeGreaterThan(15);
    expect(cases.length).toBeGreaterThanOrEqual(messages.length);
  });
});
