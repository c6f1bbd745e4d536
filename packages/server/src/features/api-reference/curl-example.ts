import { type OpenApiDocument, withVariables } from "../../infrastructure/routes/index.ts";
import { type Operation, resolve, type Schema } from "./document.ts";

/** Only pages in a browser call these: they need its cookies, or the token of a form. */
const browserPaths = /^\/(sign-|installer\/|app-installer|portal|dashboard|admin\/v1\/me\/)/;

/**
 * Creates a curl command for an operation. Ids and keys are the variables of `.latchkey/demo.env`.
 *
 * @returns undefined for an operation that only pages in a browser call
 */
export function curlExample(document: OpenApiDocument, operation: Operation): string | undefined {
  if (browserPaths.test(operation.path)) return undefined;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${variable(name)}`);
  const query = required(operation, "query").map((name) => `${name}=$${variable(name)}`);
  const address = [path, query.join("&")].filter((part) => part !== "").join("?");
  const lines = [`curl -X ${operation.method.toUpperCase()} "$LATCHKEY_URL${address}"`];
  // The alternatives come after the first.
  lines.push(...(operation.security ?? []).slice(0, 1).flatMap(credentials));
  lines.push(...required(operation, "header").map((name) => `-H "${name}: $${variable(name)}"`));
  const body = operation.requestBody?.content?.["application/json"];
  if (body !== undefined) {
    const example = withVariables(body.example ?? exampleOf(document, body.schema ?? {}, ""));
    lines.push("-H 'Content-Type: application/json'", `-d '${shellJson(example)}'`);
  }
  return lines.join(" \\\n  ");
}

/** Quotes JSON for the shell. A value such as `$APP_ID` stays a variable. */
function shellJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("'", "'\\''")
    .replaceAll(/"(\$[A-Z_]+)"/g, `"'$1'"`);
}

/** Returns the header with the credentials. Clients of the token endpoint send theirs in the body. */
function credentials(scheme: object): string[] {
  if ("client" in scheme) return [];
  return [`-H "Authorization: ${"accessToken" in scheme ? "$ACCESS_TOKEN" : "Bearer $LATCHKEY_ADMIN_KEY"}"`];
}

/** The names of the required parameters in one place. */
function required({ parameters = [] }: Operation, place: "query" | "header"): string[] {
  return parameters
    .filter((parameter) => parameter.in === place && parameter.required)
    .map(({ name }) => name);
}

/**
 * The shell variable of a parameter: `appId` is `APP_ID`, `x-latchkey-resource` is `LATCHKEY_RESOURCE`. `PATH` is a variable of the
 * shell.
 */
function variable(name: string): string {
  if (name === "path") return "ANY_PATH";
  return name.replace(/^x-/, "").replaceAll("-", "_").replaceAll(/[A-Z]/g, "_$&").toUpperCase();
}

/**
 * Creates a value for a schema. An object gets its required fields, or its first field if none is required. A string
 * becomes a shell variable.
 */
function exampleOf(document: OpenApiDocument, given: Schema, name: string): unknown {
  const schema = resolve(document, given);
  if (schema.example !== undefined) return schema.example;
  if (schema.enum !== undefined) return schema.enum[0];
  const [type = "string"] = [schema.type ?? []].flat();
  if (type === "boolean") return true;
  if (type === "integer" || type === "number") return schema.default ?? schema.minimum ?? 1;
  if (type === "array") return [exampleOf(document, schema.items ?? {}, name)];
  if (type === "object") {
    const fields = Object.entries(schema.properties ?? {});
    const required = fields.filter(([field]) => schema.required?.includes(field));
    const shown = required.length > 0 ? required : fields.slice(0, 1);
    return Object.fromEntries(shown.map(([field, inner]) => [field, exampleOf(document, inner, field)]));
  }
  if (schema.format === "uri") return "https://app.example/page";
  if (schema.format === "date-time") return "2030-01-31T12:00:00Z";
  return /Such as (\S+)/.exec(schema.description ?? "")?.[1] ?? `$${variable(name)}`;
}
