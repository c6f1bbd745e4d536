import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningProxy, startProxy } from "../../tools/proxies/start-proxy.ts";
import { rawRequest, sendRaw } from "../attack-cases/raw-http.ts";
import { createTarget, type Target } from "../attack-cases/target.ts";

const config = `
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
frontend latchkey
  bind "127.0.0.1:\${PORT}"
  http-request deny deny_status 404 if { path_beg /admin /metrics }
  default_backend latchkey
backend latchkey
  server latchkey "\${LATCHKEY}"
`;

describe("a proxy in front of Latchkey that denies raw paths", () => {
  let target: Target;
  let proxy: RunningProxy;

  beforeAll(async () => {
    target = await createTarget();
    const variables = { LATCHKEY: new URL(target.url).host };
    proxy = await startProxy("haproxy", { files: { "haproxy.cfg": config }, variables });
  });
  afterAll(async () => {
    await proxy.close();
    await target.platform.close();
  });

  /** A request through the proxy with the admin key; status 0 means no response. */
  async function ask(path: string): Promise<number> {
    const headers = { authorization: `Bearer ${target.platform.adminKey}` };
    const { statuses } = await sendRaw(proxy.url, rawRequest(proxy.url, `GET ${path}`, { headers }));
    return statuses[0] ?? 0;
  }

  test("FR-C3: forwards other paths", async () => {
    expect(await ask("/healthz")).toBe(200);
    expect(await ask("/.well-known/jwks.json")).toBe(200);
  });

  test.each([
    "/admin/v1/apps",
    "/metrics",
    "/stores/../metrics",
    "/./metrics",
    "/x/%2e%2e/metrics",
    "/x/.%2E/metrics",
    "/%6detrics",
    "//metrics",
    "/METRICS",
    "/x\\..\\metrics",
    "/x/../admin/v1/apps",
    "/%61dmin/v1/apps",
    "/a%64min/v1/apps",
    "//admin/v1/apps",
    "/x%2f..%2fadmin/v1/apps",
    "/ADMIN/v1/apps",
    "/healthz/../admin/v1/apps",
    "/;/../admin/v1/apps",
    "http://HOST/admin/v1/apps",
    "http://HOST/x/../admin/v1/apps",
    "http://HOST/%61dmin/v1/apps",
    "http://HOST//admin/v1/apps",
  ])("FR-C3: denies %s", async (path) => {
    expect(await ask(path.replace("HOST", new URL(proxy.url).host))).toBeOneOf([400, 404]);
  });
});
