import { describe, expect, test } from "vitest";
import { startProxy } from "./start-proxy.ts";

const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
  .map((name) => `${name}_temp_path temp/${name};`)
  .join(" ");

describe.each([
  {
    program: "nginx",
    file: "nginx.conf",
    config: `error_log stderr; pid nginx.pid; events {} http { ${temp} access_log off;
      server { listen 127.0.0.1:\${PORT}; location / { return 200 "\${GREETING}"; } } }`,
    broken: "events {} nonsense on;",
    complaint: /^nginx: .*unknown directive "nonsense"/,
  },
  {
    program: "caddy",
    file: "Caddyfile",
    config: '{\nadmin off\nauto_https off\n}\n:{$PORT} {\nbind 127.0.0.1\nrespond "{$GREETING}"\n}\n',
    broken: ":1 {\nnonsense\n}\n",
    complaint: /^caddy: [\s\S]*unrecognized directive: nonsense/,
  },
  {
    program: "haproxy",
    file: "haproxy.cfg",
    config: `defaults
  mode http
  timeout client 5s
frontend all
  bind "127.0.0.1:\${PORT}"
  http-request return status 200 content-type text/plain lf-string "%[env(GREETING)]"
`,
    broken: "nonsense\n",
    complaint: /^haproxy: [\s\S]*unknown keyword 'nonsense'/,
  },
] as const)("$program", ({ program, file, config, broken, complaint }) => {
  test("serves what it is configured for, on a port of its own, until it is closed", async () => {
    const setup = { files: { [file]: config }, variables: { GREETING: "hello" } };
    const [one, other] = [await startProxy(program, setup), await startProxy(program, setup)];
    expect(one.url).not.toBe(other.url);
    for (const { url } of [one, other]) expect(await (await fetch(url)).text()).toBe("hello");
    await one.close();
    await expect(fetch(one.url)).rejects.toThrow("fetch failed");
    expect(await (await fetch(other.url)).text()).toBe("hello");
    await other.close();
  });

  test("says in its own words why it does not start", async () => {
    await expect(startProxy(program, { files: { [file]: broken } })).rejects.toThrow(complaint);
  });
});
