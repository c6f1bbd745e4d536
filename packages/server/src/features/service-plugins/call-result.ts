/** Result of calling one app. */
export type CallResult = CalledInstance & (CallResponse | CallFailure);

/** The instance that was called. */
export interface CalledInstance {
  readonly appId: string;
  readonly instanceId: string;
  readonly durationMs: number;
}

export interface CallResponse {
  readonly response: Readonly<Record<string, unknown>>;
}

export interface CallFailure {
  readonly error: CallError;
}

/** Why a call has no response. */
export type CallErrorCode =
  | "TIMEOUT"
  | "UNREACHABLE"
  | "REFUSED"
  | "INVALID_ANSWER"
  | "APPLICATION_ERROR"
  | "CIRCUIT_OPEN"
  | "LOOP";

export interface CallError {
  readonly code: CallErrorCode;
  /** For the app's developer: what happened and where. Contains nothing of the request. */
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

export function failure(code: CallErrorCode, message: string, more: Partial<CallError> = {}): CallFailure {
  return { error: { code, message, ...more } };
}
