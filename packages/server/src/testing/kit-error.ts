/** Every error code of the test kit; `docs/reference/errors.md` has one heading for each. */
export const testKitErrorCodes = [
  "deliveries_refused",
  "delivery_not_found",
  "invalid_option",
  "invalid_time",
  "test_kit_unavailable",
  "token_refused",
] as const;

export type TestKitErrorCode = (typeof testKitErrorCodes)[number];

/** A mistake in a test, or in the app that it tests. */
export class TestKitError extends Error {
  readonly code: TestKitErrorCode;

  constructor(code: TestKitErrorCode, message: string) {
    super(message);
    this.name = "TestKitError";
    this.code = code;
  }
}
