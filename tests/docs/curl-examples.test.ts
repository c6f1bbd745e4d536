import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFixtures, type Fixtures } from "../random-requests/fixtures.ts";
import { prepare } from "../random-requests/preparations.ts";

// Every example of `/docs` is run as it is printed, with ids of objects that exist.

let platform: TestPlatform;
let examples: Map<string, string>;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], refusedDeliveries: "allow" });
  const page = await (await fetch(`${platform.url}/docs`)).text();
  const articles = page.split("<article").slice(1);
  examples = new Map(
    articles.flatMap((article) => {
      const [, id = ""] = /id="(\w+)"/.exec(article) ?? [];
      const [, text] = /<pre tabindex="0"><code>([\s\S]*?)<\/code>/.exec(article) ?? [];
      return text === undefined ? [] : [[id, textOf(text)] as const];
    }),
  );
});
afterAll(() => platform.close());

const textOf = (html: string): string =>
  html.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

/** The variables of an example: those of `demo.env`, and an id of each kind of object. */
function variables(operationId: string, { accessToken, appSecret, ids }: Fixtures): Record<string, string> {
  const own = Object.entries(ids).flatMap(([name, value]) => {
    const [before = "", after] = name.split(".");
    return after === undefined ? [[before, value]] : before === operationId ? [[after, value]] : [];
  });
  return {
    ...Object.fromEntries(
      own.map(([name = "", value = ""]) => [name.replaceAll(/[A-Z]/g, "_$&").toUpperCase(), value]),
    ),
    ...{ LATCHKEY_URL: platform.url, LATCHKEY_ADMIN_KEY: platform.adminKey },
    ...{ APP_SECRET: appSecret, ACCESS_TOKEN: accessToken, LATCHKEY_RESOURCE: platform.url },
    ...{ ID: ids.instanceId ?? "", ANY_PATH: "x", ROLE: "EXAMPLE_ROLE", COMPONENT_TYPE: "EXAMPLE_QUOTES" },
  };
}

async function refreshToken({ appSecret, code, ids }: Fixtures): Promise<string> {
  const response = await fetch(`${platform.url}/oauth/access`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ...{ grant_type: "authorization_code", client_id: ids.appId, client_secret: appSecret, code },
    }),
  });
  return ((await response.json()) as { refresh_token: string }).refresh_token;
}

/** An operation that always refuses declares no success. */
async function refusingOperations(): Promise<Set<string>> {
  const document = (await (await fetch(`${platform.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { operationId: string; responses: object }>>;
  };
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  const refusing = operations.filter(
    ({ responses }) => !Object.keys(responses).some((status) => status < "4"),
  );
  return new Set(refusing.map(({ operationId }) => operationId));
}

test("FR-D3: every example runs as it is printed", async () => {
  const failures: string[] = [];
  const refusing = await refusingOperations();
  let fixtures = await createFixtures(platform);
  for (const [operationId, example] of examples) {
    await prepare(platform, operationId, fixtures);
    const command = example.replace("curl ", "curl -s -o /dev/null -w '%{http_code}' ");
    const env: Record<string, string> = {
      PATH: process.env.PATH ?? "",
      ...variables(operationId, fixtures),
      ...(operationId === "createLegacyTokens" ? { REFRESH_TOKEN: await refreshToken(fixtures) } : {}),
    };
    const { stdout } = await promisify(execFile)("sh", ["-c", command], { env });
    if (!refusing.has(operationId) && !/^[23]/.test(stdout)) {
      const { stdout: text } = await promisify(execFile)("sh", ["-c", example], { env });
      failures.push(`${stdout} ${operationId}\n${example}\n${text.slice(0, 300)}`);
    }
    if (!/^curl (-X GET )?"/.test(example)) fixtures = await createFixtures(platform);
  }
  expect(failures).toEqual([]);
});
