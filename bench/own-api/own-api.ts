import type { Bench } from "../benchmark.ts";
import { compare, type Subject } from "../comparison.ts";
import { type InstalledApp, installApp, mintTokens } from "../platform/installed-app.ts";
import { type Platform, publicUrl, startPlatform } from "../platform/platform.ts";
import { openSqliteStorage } from "../platform/storage.ts";
import { type Child, startChild } from "../processes/child.ts";

const benchmark = "own-api";
const audience = "urn:example:bookings";
/** More tokens than the caches of resource server and platform hold: none is cached when it is used again. */
const coldTokens = 25_000;

/** The cost of a token check for an API of the platform owner: online, offline, and by its proxy. */
export async function ownApi(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const storage = openSqliteStorage();
  stack.defer(() => storage.close());
  const platform = await startPlatform(storage);
  stack.defer(() => platform.stop());
  const { apiKey, installed } = await registerApi(platform);
  const api = startChild(new URL("./api.ts", import.meta.url), {
    core: "server",
    env: { API_KEY: apiKey, API_URL: platform.url, AUDIENCE: audience, ISSUER: publicUrl },
  });
  stack.defer(() => api.stop());
  const many = await mintTokens(platform, installed, {
    count: bench.isQuick ? 500 : coldTokens,
    resource: audience,
  });
  const one = many.slice(0, 1);
  const url = await api.ask<string>("url");
  const both = [api, platform.child];
  const question = `?resource=${audience}&permission=BOOKINGS.READ`;
  const forwardAuth = `${platform.url}/forward-auth${question}`;
  await compare(bench, benchmark, [
    asking("an API on node:http, open", { url: `${url}/open`, tokens: one, servers: [api] }),
    asking("offline, known token", { url: `${url}/offline`, tokens: one, servers: [api] }),
    asking("offline, new token", { url: `${url}/offline`, tokens: many, servers: [api] }),
    asking("online, known token", { url: `${url}/online`, tokens: one, servers: both }),
    asking("online, new token, with the platform", { url: `${url}/online`, tokens: many, servers: both }),
    asking("forward-auth, known token", { url: forwardAuth, tokens: one, servers: [platform.child] }),
    asking("forward-auth, new token", { url: forwardAuth, tokens: many, servers: [platform.child] }),
  ]);
}

async function registerApi(platform: Platform): Promise<{ apiKey: string; installed: InstalledApp }> {
  const permission = { permissionId: "BOOKINGS.READ", description: "Read bookings" };
  const scope = { scopeId: "SCOPE.BOOKINGS.READ", name: "Read", permissions: ["BOOKINGS.READ"] };
  await platform.manage("/permissions", permission);
  await platform.manage("/scopes", scope);
  await platform.manage("/resources", { identifier: audience, name: "Bookings" });
  const key = { name: "Bookings", scopes: ["tokens:introspect"], resource: audience };
  const { value } = await platform.manage<{ value: string }>("/api-keys", key);
  return { apiKey: value, installed: await installApp(platform, [scope.scopeId]) };
}

function asking(
  name: string,
  { servers, tokens, url }: { url: string; tokens: readonly string[]; servers: readonly Child[] },
): Subject {
  return {
    name,
    servers,
    database: undefined,
    job: {
      urls: [url],
      method: "GET",
      headers: {},
      authorizations: tokens.map((token) => `Bearer ${token}`),
      bodies: { kind: "listed", texts: [] },
      check: { kind: "status" },
    },
  };
}
