/** Result of calling one app. */
export type CallResult = CallOutcome & {
  readonly appId: string;
  readonly instanceId: string;
  readonly durationMs: number;
};

/** The response of an app, or why there is none. */
export type CallOutcome = CallResponse | CallFailure;

export interface CallResponse {
  readonly response: Readonly<Record<string, unknown>>;
}

export interface CallFailure {
  readonly error: CallError;
}

export const callErrorCodes = [
  "TIMEOUT",
  "UNREACHABLE",
  "REFUSED",
  "INVALID_ANSWER",
  "SCHEMA_TOO_EXPENSIVE",
  "TOO_MANY_CALLS",
  "APPLICATION_ERROR",
  "CIRCUIT_OPEN",
  "LOOP",
] as const;

export interface CallError {
  readonly code: (typeof callErrorCodes)[number];
  /** Tells the app's developer what happened and where. Contains no data of the request. */
  readonly message: string;
  /** HTTP status, when there was a response. */
  readonly status?: number;
  /** Code of the application error. */
  readonly applicationCode?: string;
  /** Data of the application error. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Time of the next trial of an open circuit, in epoch milliseconds. */
  readonly retryAt?: number;
}

export function failure(
  code: CallError["code"],
  message: string,
  more: Partial<CallError> = {},
): CallFailure {
  return { error: { code, message, ...more } };
}
