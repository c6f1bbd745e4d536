import { expect, test } from "vitest";
import { excludeFromProxy, proxyVariableFor } from "./local-calls.ts";

const proxy = "http://proxy.example:3128";

test.each([
  [{}, undefined],
  [{ HTTPS_PROXY: proxy }, undefined],
  [{ HTTP_PROXY: "" }, undefined],
  [{ HTTP_PROXY: proxy }, "HTTP_PROXY"],
  [{ all_proxy: proxy, NO_PROXY: "corp.example" }, "all_proxy"],
  [{ http_proxy: proxy, no_proxy: "corp.example, 127.0.0.1" }, undefined],
  [{ HTTP_PROXY: proxy, NO_PROXY: "*" }, undefined],
])("requests to 127.0.0.1 with %j pass through the proxy of %s", (env, variable) => {
  expect(proxyVariableFor("127.0.0.1", env)).toBe(variable);
});

test("a process excludes its own server from its proxy, and keeps other exceptions", () => {
  const env = { HTTP_PROXY: proxy, NO_PROXY: "corp.example" };
  excludeFromProxy("127.0.0.1", env);
  expect(env).toEqual({
    ...{ HTTP_PROXY: proxy, NO_PROXY: "127.0.0.1,corp.example" },
    no_proxy: "127.0.0.1",
  });
  const without = { PATH: "/bin" };
  excludeFromProxy("127.0.0.1", without);
  expect(without).toEqual({ PATH: "/bin" });
});
