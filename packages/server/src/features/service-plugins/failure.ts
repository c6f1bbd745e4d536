/** What came of calling one app. */
export type CallResult = Called & (CallAnswer | CallFailure);

/** Who was called. */
export interface Called {
  readonly appId: string;
  readonly instanceId: string;
  readonly durationMs: number;
}

export interface CallAnswer {
  readonly response: Readonly<Record<string, unknown>>;
}

export interface CallFailure {
  readonly error: CallError;
}

/** Why there is no answer of an app. */
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
  /** For the app's developer: what happened and where; nothing of what was sent is in it. */
  readonly message: string;
  /** The status of the answer, if there was one. */
  readonly status?: number;
  /** What the app names its error. */
  readonly applicationCode?: string;
  /** What the app says about it. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** When an open circuit is tried again, in epoch milliseconds. */
  readonly retryAt?: number;
}

export function failure(code: CallErrorCode, message: string, more: Partial<CallError> = {}): CallFailure {
  return { error: { code, message, ...more } };
}
