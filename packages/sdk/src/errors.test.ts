import { inspect } from "node:util";
import { describe, expect, expectTypeOf, it } from "vitest";
import { LatchkeyError } from "./errors.ts";

describe("LatchkeyError", () => {
  it("prints code, status, request ID and reason", () => {
    const error = new LatchkeyError("token_request_failed", "The token request was rejected.", {
      status: 401,
      requestId: "req-1",
      reason: "invalid_client",
      body: { error: "invalid_client" },
    });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: "LatchkeyError",
      message: "The token request was rejected.",
      code: "token_request_failed",
      retryable: false,
      status: 401,
      requestId: "req-1",
      reason: "invalid_client",
      body: { error: "invalid_client" },
    });
    expect(error.stack).toMatch(/^LatchkeyError: The token request was rejected\./);
    expect(inspect(error)).toContain("requestId: 'req-1'");
  });

  it("has no undefined properties", () => {
    const error = new LatchkeyError("aborted", "Aborted.", { status: undefined });
    expect(Object.keys(error).sort()).toEqual(["code", "retryable"]);
    expect("status" in error).toBe(false);
    expect("cause" in error).toBe(false);
  });

  it("is recognized when it was created by another copy of this package", async () => {
    const copyUrl = `${new URL("./errors.ts", import.meta.url).href}?copy`;
    const copy = (await import(/* @vite-ignore */ copyUrl)) as typeof import("./errors.ts");
    const foreign = new copy.LatchkeyError("timeout", "Too late.");
    expect(copy.LatchkeyError).not.toBe(LatchkeyError);
    expect(foreign).not.toBeInstanceOf(LatchkeyError);
    expect(LatchkeyError.is(foreign)).toBe(true);
    expect(LatchkeyError.is(foreign, "timeout")).toBe(true);
    expect(LatchkeyError.is(foreign, "network")).toBe(false);
  });

  it.each([[undefined], [null], ["timeout"], [{ code: "timeout" }], [new Error("timeout")]])(
    "does not recognize %j",
    (value) => expect(LatchkeyError.is(value)).toBe(false),
  );

  it("narrows by code", () => {
    const error: unknown = new LatchkeyError("timeout", "Too late.");
    if (LatchkeyError.is(error, "timeout")) expectTypeOf(error.code).toEqualTypeOf<"timeout">();
    // @ts-expect-error the code does not exist
    LatchkeyError.is(error, "no_such_code");
  });
});
