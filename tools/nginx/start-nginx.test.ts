import { expect, test } from "vitest";
import { startNginx } from "./start-nginx.ts";

const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
  .map((name) => `${name}_temp_path temp/${name};`)
  .join(" ");
const answering = `error_log stderr; pid nginx.pid; events {} http { ${temp} access_log off;
  server { listen {LISTEN}; location / { return 200 "hello"; } } }`;

test("nginx serves what it is configured for, on an address of its own, until it is closed", async () => {
  const [one, other] = [await startNginx(answering), await startNginx(answering)];
  expect(one.url).not.toBe(other.url);
  for (const { url } of [one, other]) expect(await (await fetch(url)).text()).toBe("hello");
  await one.close();
  await expect(fetch(one.url)).rejects.toThrow("fetch failed");
  expect(await (await fetch(other.url)).text()).toBe("hello");
  await other.close();
});

test("nginx tells in its own words why it does not start", async () => {
  await expect(startNginx("events {} nonsense on;")).rejects.toThrow(
    /^nginx: .*unknown directive "nonsense"/,
  );
});
