import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { seededRandom } from "@latchkey/test-support/seeded-random";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Operation, readDocument } from "./document.ts";
import { createFixtures, type Fixtures } from "./fixtures.ts";
import { Generator } from "./generate.ts";
import { prepare } from "./preparations.ts";
import { bodies } from "./valid-requests.ts";

const total = Number(process.env.REQUESTS ?? 1_000);
const seed = Number(process.env.SEED ?? 20_260_102);

/**
 * Operations that never return 2xx here: catalog version 3 does not exist, forms need the token of their page and redirect,
 * passkeys need an authenticator, and the links and the pages of portals need their token or their cookie.
 */
const withoutSuccess =
  /CatalogV3$|Passkey$|^(sign(In|Up|Out)|(show|use)InstallLink|usePortalLink|getPortal(_2)?|(show|decideIn)(App|Dashboard)?Installer|decide(InstallRequest|Approval))$/;

describe.each(["sqlite", "postgres"] as const)("random requests on %s", (engine) => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await createTestPlatform({
      resources: [stores],
      database: engine,
      refusedDeliveries: "allow",
    });
  });
  afterAll(() => platform.close());

  // The setup file checks the status and the body of every response against the document.
  test("get no 5xx, and each operation succeeds for some of them", { timeout: 900_000 }, async () => {
    const { operations, resolve } = await readDocument(platform.url);
    const generator = new Generator(seededRandom(seed), resolve);
    const only = process.env.OPERATION;
    const perOperation = Math.ceil(total / operations.length);
    const failures: string[] = [];
    const shares: string[] = [];
    let fixtures = await createFixtures(platform);
    for (const operation of operations.filter(({ id }) => only === undefined || new RegExp(only).test(id))) {
      const isRead = operation.method === "GET";
      let isUnused = true;
      let succeeded = 0;
      for (let count = 0; count < perOperation; count += 1) {
        // Objects are new after requests that may have changed them.
        if (!isUnused && !isRead && count % 4 === 0) fixtures = await createFixtures(platform);
        if (count % 4 === 0) await prepare(platform, operation.id, fixtures);
        isUnused = false;
        // Every second request is valid, as it is or with more fields.
        const request = createRequest(operation, { fixtures, generator, variant: count % 4 });
        const { status, text } = await send(platform, request);
        if (status >= 500) failures.push(`${status} ${JSON.stringify(request).slice(0, 2_000)} ${text}`);
        if (status < 300 || status === 304) succeeded += 1;
      }
      if (!isRead) fixtures = await createFixtures(platform);
      shares.push(`${operation.id} ${Math.round((100 * succeeded) / perOperation)} %`);
      if (succeeded === 0 && !withoutSuccess.test(operation.id))
        failures.push(`${operation.id} never succeeds`);
    }
    console.log(
      `${perOperation * operations.length} requests, seed ${seed}, share of 2xx: ${shares.join(", ")}`,
    );
    expect(failures).toEqual([]);
  });
});

interface RandomRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @param how.variant 0: valid; 1: body damaged; 2: valid with more fields; 3: anything damaged */
function createRequest(
  operation: Operation,
  how: { fixtures: Fixtures; generator: Generator; variant: number },
): RandomRequest {
  const { fixtures, generator, variant } = how;
  const { ids } = fixtures;
  const damagesAll = variant === 3;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    damagesAll && generator.chance(0.3)
      ? encodeURIComponent(text(generator.odd()))
      : (ids[`${operation.id}.${name}`] ?? ids[name] ?? "SAMPLE"),
  );
  const query = new URLSearchParams();
  const headers: Record<string, string> = { ...credentials(operation, { fixtures, generator, damagesAll }) };
  for (const { in: place, name, required, schema } of operation.parameters) {
    if (variant === 0 && required !== true) continue;
    if (place === "header" && !damagesAll) headers[name] = headerValue(name, ids);
    const value = damagesAll && generator.chance(0.4) ? generator.odd() : generator.fitting(schema);
    const isChosen = (required === true && !damagesAll) || damagesAll || generator.chance(0.5);
    if (place === "query" && value !== undefined && isChosen) query.set(name, text(value));
  }
  const search = query.size === 0 ? "" : `?${query}`;
  const request = { method: operation.method, path: path + search, headers };
  if (operation.body === undefined) return request;
  const valid = bodies[operation.id]?.(fixtures) ?? operation.body.example ?? {};
  const body = [valid, generator.damaged(valid), generator.extended(valid, operation.body.schema)][variant];
  const json = JSON.stringify(variant === 3 ? generator.damaged(valid) : body) ?? "";
  headers["content-type"] =
    damagesAll && generator.chance(0.1)
      ? generator.pick(["text/plain", "application/xml", ""])
      : "application/json";
  return { ...request, body: damagesAll && generator.chance(0.1) ? json.slice(0, -1) : json };
}

function credentials(
  operation: Operation,
  how: { fixtures: Fixtures; generator: Generator; damagesAll: boolean },
): Record<string, string> {
  if (how.damagesAll && how.generator.chance(0.2)) {
    return how.generator.pick([
      {},
      { authorization: "Bearer x" },
      { authorization: "" },
      { authorization: "Basic e30=" },
    ]);
  }
  if (operation.path.startsWith("/admin/v1/me")) {
    return { cookie: how.fixtures.cookie, "sec-fetch-site": "same-origin" };
  }
  if (operation.security.includes("apiKey")) return { authorization: "Bearer admin" };
  if (operation.security.includes("accessToken")) return { authorization: how.fixtures.accessToken };
  return {};
}

function headerValue(name: string, ids: Fixtures["ids"]): string {
  if (name === "x-latchkey-resource") return ids.platform ?? "";
  return name === "x-latchkey-permission" ? "WIX_STORES.READ_PRODUCTS" : `key-${ids.count}`;
}

function text(value: unknown): string {
  return typeof value === "string" ? value.toWellFormed() : JSON.stringify(value);
}

async function send(
  platform: TestPlatform,
  request: RandomRequest,
): Promise<{ status: number; text: string }> {
  const { authorization, ...headers } = request.headers;
  const response = await fetch(platform.url + request.path, {
    method: request.method,
    headers: {
      ...headers,
      ...(authorization === undefined
        ? {}
        : { authorization: authorization.replace("admin", platform.adminKey) }),
    },
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  return { status: response.status, text: await response.text() };
}
