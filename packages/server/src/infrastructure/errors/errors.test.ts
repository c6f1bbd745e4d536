import { inspect } from "node:util";
import { expect, test } from "vitest";
import { ApiError, OAuthError, OperatorError, UniqueViolation, ValidationError } from "./index.ts";

test("an API error has the status and the text of its code", () => {
  const error = new ApiError("APP_NOT_FOUND");
  expect(error).toMatchObject({
    name: "ApiError",
    code: "APP_NOT_FOUND",
    status: 404,
    data: {},
    headers: {},
  });
  expect(error.message).toBe("There is no app with this id.");
});

test("an API error may have another message and data for programs", () => {
  const error = new ApiError("METHOD_NOT_ALLOWED", {
    ...{ message: "Use GET.", data: { method: "GET" }, headers: { allow: "GET" }, cause: "a cause" },
  });
  expect(error).toMatchObject({
    status: 405,
    message: "Use GET.",
    data: { method: "GET" },
    cause: "a cause",
  });
  expect(error.headers).toEqual({ allow: "GET" });
});

test.each([
  ["invalid_request", 400],
  ["invalid_client", 401],
  ["invalid_grant", 400],
  ["temporarily_unavailable", 503],
  ["server_error", 500],
] as const)("the OAuth error %s has status %d", (code, status) => {
  expect(new OAuthError(code, "What is wrong.")).toMatchObject({ error: code, status, reason: code });
});

test("the reason of an OAuth error is not in its description", () => {
  const options = { status: 404, reason: "instance_removed" };
  const error = new OAuthError("invalid_grant", "The app has no instance with this instance_id.", options);
  expect(error).toMatchObject({ status: 404, reason: "instance_removed" });
  expect(error.message).not.toContain("removed");
});

test("an operator error says what happened, then the detail", () => {
  const cause = new Error("cause");
  const error = new OperatorError("migration_failed", "0001-schema.sql", { cause });
  expect(error).toMatchObject({ name: "OperatorError", code: "migration_failed", cause });
  expect(error.message).toBe("A migration could not be applied; it was rolled back. 0001-schema.sql");
  expect(new OperatorError("nested_connection").message).toMatch(/^A query outside the transaction/);
});

test("violations name fields and rules", () => {
  const violations = [{ field: "name", description: "is missing", violatedRule: "REQUIRED_FIELD" as const }];
  expect(new ValidationError(violations)).toMatchObject({ message: "Validation failed", violations });
});

test("a unique violation does not repeat the row in its own text", () => {
  const error = new UniqueViolation(new Error("UNIQUE constraint failed: sites.external_id"));
  expect(error.message).toBe("A row with this key exists already.");
  expect(inspect(error)).toContain("UniqueViolation");
});
