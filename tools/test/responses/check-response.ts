import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formatsModule from "ajv-formats";
import type { Declaration, FindRoute, JsonSchema, MatchedRoute } from "./declared-routes.ts";
import type { SentResponse } from "./observe-servers.ts";

/** Errors that any address may answer before a route is reached, by status. */
const errorsBeforeRouting: Readonly<Record<number, readonly string[]>> = {
  400: ["MALFORMED_REQUEST", "AMBIGUOUS_PATH"],
  404: ["NOT_FOUND"],
  405: ["METHOD_NOT_ALLOWED"],
  408: ["REQUEST_TIMEOUT"],
  421: ["MISDIRECTED_REQUEST"],
  431: ["HEADERS_TOO_LARGE"],
};

/** An error body of the APIs, as it is before a route is reached; that of 5xx says nothing. */
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
    details: { type: "object", properties: { applicationError } },
  },
};

// The types of the module say otherwise than what Node loads.
const addFormats = formatsModule as unknown as (ajv: Ajv2020) => void;

/** Returns what a response breaks of what its route declares: `POST /oauth2/token 200: …`; undefined for nothing. */
export type CheckResponse = (response: SentResponse) => Promise<string | undefined>;

/** Checks responses by the OpenAPI document of their routes, every object in it closed. */
export function createResponseCheck(findRoute: FindRoute): CheckResponse {
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  addFormats(ajv);
  const declarations = new Map<string, Promise<Declaration>>();
  const validators = new Map<string, ValidateFunction>();
  const compile = (key: string, schema: JsonSchema): ValidateFunction => {
    const validate = validators.get(key) ?? ajv.compile(close(schema) as JsonSchema);
    validators.set(key, validate);
    return validate;
  };
  const declarationOf = (route: MatchedRoute): Promise<Declaration> => {
    const key = `${route.path} ${route.operationId}`;
    const declaration = declarations.get(key) ?? route.describe();
    declarations.set(key, declaration);
    return declaration;
  };

  return async (response) => {
    const { contentType, method, path, status } = response;
    const early = isBeforeRouting(response)
      ? violationOf(compile("error", errorBody), response.body)
      : undefined;
    if (early === undefined && isBeforeRouting(response)) return undefined;
    const route = findRoute(method, path, { anyMethod: status === 405 });
    const name = `${method} ${route?.path ?? path} ${status}`;
    if (route === undefined) return `${name}: no route answers here, and it is no error before routing`;
    const { responses, schemas } = await declarationOf(route);
    const declared = responses[status];
    if (declared === undefined)
      return `${name}: the route declares only ${Object.keys(responses).join(", ")}`;
    // Node sends no body here, whatever it is given.
    if (method === "HEAD" || status === 304) return undefined;
    if (declared.content === undefined) {
      return response.body === "" ? undefined : `${name}: a body, which is not declared`;
    }
    const schema = declared.content[contentType]?.schema;
    if (schema === undefined) {
      return `${name}: content type "${contentType}"; declared: ${Object.keys(declared.content).join(", ")}`;
    }
    if (!contentType.endsWith("json")) return undefined;
    const key = `${route.path} ${route.operationId} ${status} ${contentType}`;
    const difference =
      violationOf(compile(key, { ...schema, components: { schemas } }), response.body) ??
      undeclaredCode(response.body, declared.description ?? "");
    return difference && `${name}: ${difference}`;
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
