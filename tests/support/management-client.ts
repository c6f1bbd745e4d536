/** The response fields that tests read. */
export interface ResponseBody {
  readonly [field: string]: unknown;
  readonly appId: string;
  readonly siteId: string;
  readonly instanceId: string;
  readonly secretId: string;
  readonly keyId: string;
  readonly kid: string;
  readonly value: string;
  readonly accountId: string;
  readonly message: string;
  readonly items: readonly ResponseBody[];
  readonly nextCursor: string | null;
}

/** A response of the management API. */
export interface ManagementResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: ResponseBody;
}

/** The options of a call. */
export interface Sent {
  /** Sent as JSON; text is sent unchanged. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls the management API with one key. */
export type CallManagement = (operation: string, sent?: Sent) => Promise<ManagementResponse>;

/**
 * Creates a caller of a platform's management API.
 *
 * @param key default: the admin key
 * @example
 * const call = managementCaller(platform);
 * const { body } = await call("POST /apps", { body: { name: "Hello App" } });
 */
export function managementCaller(
  platform: { readonly url: string; readonly adminKey: string },
  key: string = platform.adminKey,
): CallManagement {
  return async (operation, { body, headers = {} } = {}) =>
    await sendManagement(platform, operation, {
      body,
      headers: { authorization: `Bearer ${key}`, ...headers },
    });
}

/** Sends a request to a platform's management API without a key. */
export async function sendManagement(
  { url }: { readonly url: string },
  operation: string,
  { body, headers = {} }: Sent,
): Promise<ManagementResponse> {
  const [method = "GET", path = ""] = operation.split(" ");
  const response = await fetch(`${url}/admin/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text || "null") };
}

/** The body of an error with a code. */
export function errorBody(code: string, description: string, data: object = {}): object {
  return { message: description, details: { applicationError: { code, description, data } } };
}

/** The body of an error with violations. */
export function violations(...fieldViolations: readonly object[]): object {
  return { message: "Validation failed", details: { validationError: { fieldViolations } } };
}
