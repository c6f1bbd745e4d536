import type { FieldViolation } from "@latchkey/protocol";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import formatsModule from "ajv-formats";

/** Says what is wrong with a value; nothing when it is good. */
export type SchemaCheck = (value: unknown) => FieldViolation[];

/** Typed as a namespace, and a function when it is imported. */
const addFormats = formatsModule as unknown as (ajv: Ajv2020, options: { mode: "fast" }) => void;
const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf("currency"));
const mostViolations = 20;

/**
 * Compiles a JSON Schema (2020-12). Nothing is fetched: it may refer to itself alone. Besides the usual formats it may
 * name `currency` (ISO 4217) and `decimal`, a number as text.
 *
 * @throws {Error} when it is no valid schema
 */
export function compileSchema(schema: Readonly<Record<string, unknown>>): SchemaCheck {
  // One for each schema: they may all have the same id.
  const ajv = new Ajv2020({
    allErrors: true,
    strictTypes: false,
    strictRequired: false,
    strictTuples: false,
  });
  addFormats(ajv, { mode: "fast" });
  ajv.addFormat("currency", (text) => currencies.has(text));
  ajv.addFormat("decimal", /^\d{1,15}(\.\d{1,6})?$/);
  const validate = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return [];
    return (validate.errors ?? []).slice(0, mostViolations).map(toViolation);
  };
}

function toViolation({
  instancePath,
  keyword,
  message = "is not valid",
  params,
}: ErrorObject): FieldViolation {
  const path = instancePath
    .replaceAll(/\/(\d+)(?=\/|$)/g, "[$1]")
    .replaceAll("/", ".")
    .replace(/^\./, "");
  if (keyword === "required") {
    const field = [path, String(params.missingProperty)].filter(Boolean).join(".");
    return { field, description: "is required", violatedRule: "REQUIRED_FIELD" };
  }
  const rule = keyword === "format" || keyword === "pattern" ? "FORMAT" : "VALIDATION";
  return { field: path, description: message, violatedRule: rule };
}
