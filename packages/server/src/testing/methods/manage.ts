import { type ApiErrorBody, canonicalGuid } from "@latchkey/protocol";
import { ApiError } from "../../infrastructure/errors/index.ts";
import type { Platform } from "../../wiring/platform.ts";
import { TestKitError } from "../kit-error.ts";

/** A platform in this process. */
export interface Served {
  readonly platform: Platform;
  readonly url: string;
  readonly adminKey: string;
}

/**
 * Calls the management API: `manage("POST /apps/…/webhooks", body)`. Throws an error with its `code`, and `invalid_option`
 * for invalid fields.
 */
export type Manage = <Result = Record<string, unknown>>(operation: string, body?: object) => Promise<Result>;

/** Creates a caller with the admin key. It needs no socket, so a test may replace `fetch` and add faults. */
export function createManage({ adminKey, ...served }: Served): Manage {
  return async <Result>(operation: string, body?: object) => {
    const [, method = "", path = ""] = /^(GET|POST|PUT|PATCH|DELETE) (\/\S*)$/.exec(operation) ?? [];
    if (method === "") {
      throw new TestKitError(
        "invalid_option",
        'manage takes a method and a path below /admin/v1, such as "POST /event-types".',
      );
    }
    const { json, status } = await send(served, `${method} /admin/v1${path}`, {
      body,
      authorization: `Bearer ${adminKey}`,
    });
    if (status >= 400) throw errorOf(operation, status, json as ApiErrorBody);
    return json as Result;
  };
}

/** Sends a request to the platform in this process. */
export async function send(
  { platform, url }: Omit<Served, "adminKey">,
  operation: string,
  { authorization, body }: { body?: object | undefined; authorization?: string } = {},
): Promise<{ status: number; json: unknown }> {
  const [method = "", path = ""] = operation.split(" ");
  const request = new Request(url + path, {
    method,
    headers: {
      host: new URL(url).host,
      ...(authorization !== undefined && { authorization }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const exchange = { requestId: platform.newRequestId(), clientAddress: "127.0.0.1" };
  const response = await platform.fetch(request, exchange);
  return { status: response.status, json: JSON.parse((await response.text()) || "{}") };
}

function errorOf(operation: string, status: number, { details, message }: ApiErrorBody): Error {
  const { applicationError, validationError } = details;
  if (validationError !== undefined) {
    const rules = validationError.fieldViolations.map(({ description, field }) => `${field} ${description}`);
    return new TestKitError("invalid_option", `${operation}: ${rules.join("; ")}.`);
  }
  const { code = "INTERNAL", data = {} } = applicationError ?? {};
  return new ApiError({ code, status, text: `${operation}: ${message}` }, { data });
}

/** Throws `invalid_option` for an id that is given and is not a GUID. Returns the options with ids in lower case. */
export function readOwnIds<Options extends object>(
  method: string,
  options: Options,
  names: readonly (keyof Options & string)[],
): Options {
  const ids = names.flatMap((name) => {
    const value = options[name];
    if (value === undefined) return [];
    const id = typeof value === "string" ? canonicalGuid(value) : undefined;
    if (id === undefined) throw new TestKitError("invalid_option", `${name} of ${method} must be a GUID.`);
    return [[name, id]];
  });
  return { ...options, ...Object.fromEntries(ids) };
}
