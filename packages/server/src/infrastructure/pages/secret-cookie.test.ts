import { expect, test } from "vitest";
import { SecretCookie } from "./index.ts";

const secret = "s".repeat(43);
const options = { name: "latchkey_link", lifetime: 600_000 };

test("a cookie over https belongs to this host only, and no script reads it", () => {
  const cookie = new SecretCookie("https://latchkey.example", options);
  expect(cookie.write(secret)).toBe(
    `__Host-latchkey_link=${secret}; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax`,
  );
  expect(cookie.clear()).toBe("__Host-latchkey_link=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax");
  expect(cookie.read(new Headers({ cookie: `a=b; __Host-latchkey_link=${secret}` }))).toBe(secret);
});

test("a cookie over http on loopback is named after the port, and is not the one over https or of another port", () => {
  const cookie = new SecretCookie("http://127.0.0.1:4400", options);
  expect(cookie.write(secret)).toBe(
    `latchkey_link_4400=${secret}; Max-Age=600; Path=/; HttpOnly; SameSite=Lax`,
  );
  expect(cookie.read(new Headers({ cookie: `latchkey_link_4400=${secret}` }))).toBe(secret);
  for (const name of ["__Host-latchkey_link", "latchkey_link", "latchkey_link_4401"]) {
    expect(cookie.read(new Headers({ cookie: `${name}=${secret}` }))).toBeUndefined();
  }
  expect(new SecretCookie("http://127.0.0.1", options).write(secret)).toContain(`latchkey_link_80=${secret}`);
});

test("a cookie for frames is sent to them on every site, which each have one of their own", () => {
  const framed = { ...options, inFrames: true };
  expect(new SecretCookie("https://latchkey.example", framed).write(secret)).toBe(
    `__Host-latchkey_link=${secret}; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=None; Partitioned`,
  );
  expect(new SecretCookie("http://127.0.0.1:4400", framed).write(secret)).toBe(
    `latchkey_link_4400=${secret}; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=None; Partitioned`,
  );
});

test.each(["", "short", `${secret}s`, `${secret.slice(1)}=`])("a cookie with %j is none", (value) => {
  const cookie = new SecretCookie("http://127.0.0.1:4400", options);
  expect(cookie.read(new Headers({ cookie: `latchkey_link_4400=${value}` }))).toBeUndefined();
});
