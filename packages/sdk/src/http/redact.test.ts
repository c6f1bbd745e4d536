import { inspect } from "node:util";
import { APP_SECRET } from "@latchkey/test-support/sdk/scripted-platform";
import { describe, expect, it } from "vitest";
import { parseRedacted, redact, redactLine, sanitisedCause } from "./redact.ts";

const TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln";

describe("redaction", () => {
  it("replaces each given secret everywhere", () => {
    expect(redact("a=s3cr3t&b=xs3cr3tx", ["s3cr3t"])).toBe("a=[redacted]&b=x[redacted]x");
  });

  it("replaces everything that looks like a secret or a token", () => {
    expect(redact(`got ${APP_SECRET} and OauthNG.JWS.${TOKEN}`, [])).toBe(
      "got [redacted] and OauthNG.JWS.[redacted]",
    );
  });

  it("ignores an empty secret", () => {
    expect(redact("abc", [""])).toBe("abc");
  });

  it("redacts JSON in values, keys, numbers and escapes, and keeps the rest", () => {
    const text = `{"say":"s3cr3t","s3cr3t":1,"deep":[{"n":"\\u0073\\u00333cr3t","m":"\\u00733cr3t"}],"ok":true}`;
    expect(parseRedacted(text, ["s3cr3t"])).toEqual({
      say: "[redacted]",
      "[redacted]": 1,
      deep: [{ n: "s33cr3t", m: "[redacted]" }],
      ok: true,
    });
    expect(parseRedacted(`{"n":12345}`, ["12345"])).toBeUndefined();
    expect(parseRedacted("<html>", [])).toBeUndefined();
  });

  it("shortens a long text to one line", () => {
    expect(redactLine("a\n  b\t", [])).toBe("a b");
    expect(redactLine("x".repeat(501), [])).toBe(`${"x".repeat(500)}…`);
  });

  it("keeps name, code and message of a foreign error and of three causes, and no other members", () => {
    const inner = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const outer = Object.assign(new TypeError("failed with s3cr3t", { cause: inner }), {
      request: { headers: { authorization: "s3cr3t" } },
    });
    const cause = sanitisedCause(outer, ["s3cr3t"]);
    expect(cause).toMatchObject({ name: "TypeError", message: "failed with [redacted]" });
    expect(cause?.cause).toMatchObject({
      name: "Error",
      message: "connect ECONNREFUSED",
      code: "ECONNREFUSED",
    });
    expect(inspect(cause, { depth: 9, showHidden: true })).not.toContain("s3cr3t");
  });

  it("supports an error that is its own cause, and causes that are not objects", () => {
    const loop = new Error("loop");
    loop.cause = loop;
    expect(inspect(sanitisedCause(loop, []), { depth: 9 }).match(/Error: loop/g)).toHaveLength(3);
    expect(sanitisedCause("text", [])).toBeUndefined();
    expect(sanitisedCause(null, [])).toBeUndefined();
  });
});
