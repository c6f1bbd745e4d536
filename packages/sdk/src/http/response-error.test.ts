import { describe, expect, it } from "vitest";
import { apiError } from "./response-error.ts";

const NAME = "POST /stores/v1/products/query";

function errorOf(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return apiError({
    response: { status, headers: new Headers(headers), text },
    name: NAME,
    secrets: ["t0ken"],
  });
}

describe("the error for a response of an API", () => {
  it("names the permission that is missing", () => {
    const body = {
      message: "Permission WIX_STORES.READ_PRODUCTS is required",
      details: { applicationError: { code: "PERMISSION_DENIED", description: "Not granted.", data: {} } },
    };
    const error = errorOf(403, body, { "x-request-id": "req-1" });
    expect(error).toMatchObject({
      code: "permission_denied",
      status: 403,
      requestId: "req-1",
      reason: "PERMISSION_DENIED",
      permission: "WIX_STORES.READ_PRODUCTS",
      body,
      message:
        "POST /stores/v1/products/query failed with status 403 " +
        "(Permission WIX_STORES.READ_PRODUCTS is required), request ID req-1. " +
        "Add a scope with this permission to the app, and ask the site owner to approve it.",
    });
  });

  it("has the page where the owner can approve the permission", () => {
    const data = { permission: "A", approvalUrl: "https://platform.example/installer/approve?instanceId=1" };
    const application = { code: "PERMISSION_DENIED", description: "Not granted.", data };
    const error = errorOf(403, { message: "No", details: { applicationError: application } });
    expect([error.permission, error.approvalUrl]).toEqual(["A", data.approvalUrl]);
  });

  it("has no permission when a proxy responds with a page", () => {
    const error = errorOf(403, "<html>Forbidden</html>");
    expect(error.code).toBe("permission_denied");
    expect("permission" in error || "body" in error || "reason" in error).toBe(false);
  });

  it("FR-D §3: lists the invalid fields", () => {
    const violation = {
      field: "query.paging.limit",
      description: "must be at most 100",
      violatedRule: "MAX",
    };
    const body = {
      message: "Validation failed",
      details: { validationError: { fieldViolations: [violation] } },
    };
    const other = { field: "query.sort", description: "has more than 5 fields", violatedRule: "MAX_SIZE" };
    const both = { details: { validationError: { fieldViolations: [violation, other] } } };
    expect(errorOf(400, both).message).toContain(
      "(query.paging.limit: must be at most 100; query.sort: has more than 5 fields)",
    );
    expect(errorOf(400, body)).toMatchObject({
      code: "validation_failed",
      violations: [violation],
      message:
        "POST /stores/v1/products/query failed with status 400 " +
        "(Validation failed: query.paging.limit: must be at most 100).",
    });
  });

  it.each([
    [400, "request_failed", false],
    [401, "unauthenticated", false],
    [404, "not_found", false],
    [409, "request_failed", false],
    [428, "request_failed", false],
    [429, "rate_limited", true],
    [500, "server_error", true],
    [504, "server_error", true],
  ])("turns %i into %s", (status, code, retryable) => {
    const body = { message: "No", details: { applicationError: { code: "WHY", description: "No" } } };
    expect(errorOf(status, body)).toMatchObject({ status, code, retryable, reason: "WHY" });
  });

  it("FR-F13: has another code for an unknown path than for a missing object", () => {
    const message = "This path is not served here.";
    const body = { message, details: { applicationError: { code: "ENDPOINT_NOT_SERVED" } } };
    expect(errorOf(404, body)).toMatchObject({
      code: "request_failed",
      status: 404,
      reason: "ENDPOINT_NOT_SERVED",
      retryable: false,
    });
  });

  it("redacts secrets that the server repeats", () => {
    const body = {
      message: "Bad token t0ken",
      details: { applicationError: { code: "t0ken", data: { a: ["t0ken"] } } },
    };
    const error = errorOf(401, body, { "x-request-id": "t0ken" });
    expect(error.message).toContain("(Bad token [redacted])");
    expect(error.body).toMatchObject({ message: "Bad token [redacted]" });
    expect(JSON.stringify(error) + error.stack).not.toContain("t0ken");
  });

  it.each([["[]"], ["null"], ['"text"'], ['{"message":7,"details":[{"applicationError":1}]}'], ["{"], [""]])(
    "ignores the body %j",
    (text) => {
      expect(errorOf(400, text).message).toBe("POST /stores/v1/products/query failed with status 400.");
    },
  );

  it("ignores violations that are not objects", () => {
    const body = {
      message: "No",
      details: { validationError: { fieldViolations: [null, 7, { field: "a" }] } },
    };
    expect(errorOf(400, body).violations).toEqual([{ field: "a", description: "", violatedRule: "OTHER" }]);
  });
});
