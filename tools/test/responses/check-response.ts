import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formatsModule from "ajv-formats";
import type { Declaration, FindRoute, JsonSchema } from "./declared-routes.ts";
import type { SentResponse } from "./observe-servers.ts";

/** Errors that any address may respond with before a route is reached, by status. */
const errorsBeforeRouting: Readonly<Record<number, readonly string[]>> = {
  400: ["MALFORMED_REQUEST", "AMBIGUOUS_PATH"],
  404: ["NOT_FOUND", "ENDPOINT_NOT_SERVED"],
  405: ["METHOD_NOT_ALLOWED"],
  408: ["REQUEST_TIMEOUT"],
  421: ["MISDIRECTED_REQUEST"],
  431: ["HEADERS_TOO_LARGE"],
};

/** The body of an error before a route is reached. */
const applicationError: JsonSchema = {
  type: "object",
  required: ["code", "description", "data"],
  properties: { code: {}, description: { type: "string" }, data: { type: "object" } },
};
const errorBody: JsonSchema = {
  type: "object",
  required: ["message", "details"],
  properties: {
    message: { type: "string" },
    details: { type: "object", required: ["applicationError"], properties: { applicationError } },
  },
};

// Under Node the default export is the function; the types of the module say otherwise.
const addFormats = formatsModule as unknown as (ajv: Ajv2020) => void;

/** Returns what a response breaks of what its route declares: `POST /oauth2/token 200: …`; undefined for nothing. */
export type CheckResponse = (response: SentResponse) => Promise<string | undefined>;

/** Checks responses by the OpenAPI document of their routes, every object in it closed. */
export function createResponseCheck(findRoute: FindRoute): CheckResponse {
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  addFormats(ajv);
  const compile = (schema: JsonSchema): ValidateFunction => ajv.compile(close(schema) as JsonSchema);
  const isErrorBody = compile(errorBody);
  const declarations = createMemo<Promise<Declaration>>();
  const validators = createMemo<ValidateFunction>();

  return async (response) => {
    const { body, contentType, method, path, status } = response;
    if (isBeforeRouting(response) && violationOf(isErrorBody, body) === undefined) return undefined;
    const route = findRoute(method, path, { anyMethod: status === 405 });
    const name = `${method} ${route?.path ?? path} ${status}`;
    if (route === undefined) return `${name}: no route responds here, and it is no error before routing`;
    // A stub responds as a test says.
    if (route.tag === "Stubs") return undefined;
    const key = `${route.path} ${route.operationId}`;
    const { responses, schemas } = await declarations(key, () => route.describe());
    const declared = responses[status];
    if (declared === undefined)
      return `${name}: the route declares only ${Object.keys(responses).join(", ")}`;
    // Node sends no body here, whatever it is given.
    if (method === "HEAD" || status === 304) return undefined;
    const { content, description = "" } = declared;
    if (content === undefined) return body === "" ? undefined : `${name}: a body, which is not declared`;
    const schema = content[contentType]?.schema;
    if (schema === undefined) {
      return `${name}: content type "${contentType}"; declared: ${Object.keys(content).join(", ")}`;
    }
    if (!contentType.endsWith("json")) return undefined;
    const validate = validators(`${key} ${status} ${contentType}`, () =>
      compile({ ...schema, components: { schemas } }),
    );
    const difference = violationOf(validate, body) ?? undeclaredCode(body, description);
    return difference && `${name}: ${difference}`;
  };
}

/** Makes a value for each key once. */
function createMemo<Value>(): (key: string, make: () => Value) => Value {
  const values = new Map<string, Value>();
  return (key, make) => {
    const value = values.get(key) ?? make();
    values.set(key, value);
    return value;
  };
}

function isBeforeRouting({ body, contentType, status }: SentResponse): boolean {
  if (contentType !== "application/json") return false;
  return errorsBeforeRouting[status]?.includes(codeOf(body) ?? "") ?? false;
}

/** The code of an error body of the APIs; undefined for other bodies. */
function codeOf(body: string): string | undefined {
  const parsed = /"applicationError":/.test(body) ? parse(body) : undefined;
  return (parsed as { details?: { applicationError?: { code?: string } } })?.details?.applicationError?.code;
}

function undeclaredCode(body: string, description: string): string | undefined {
  const code = codeOf(body);
  if (code === undefined || new RegExp(`\\b${code}\\b`).test(description)) return undefined;
  return `the code ${code}, which is not declared`;
}

function violationOf(validate: ValidateFunction, body: string): string | undefined {
  const value = parse(body);
  if (value === undefined) return "the body is not JSON";
  if (validate(value)) return undefined;
  const texts = (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || "/"} ${message} ${JSON.stringify(params)}`,
  );
  return [...new Set(texts)].slice(0, 5).join("; ");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Closes each object schema that lists properties and says nothing about others. */
function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close);
  if (typeof schema !== "object" || schema === null) return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, close(value)]));
  const isOpen = "properties" in schema && !("additionalProperties" in schema);
  return isOpen && closed.type === "object" ? { ...closed, additionalProperties: false } : closed;
}
