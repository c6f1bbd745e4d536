import type { FieldViolation } from "@latchkey/protocol";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import formatsModule from "ajv-formats";

/** Returns the violations of a value; none when it is valid. */
export type SchemaCheck = (value: unknown) => FieldViolation[];

/** The types declare a namespace, but the import is a function. */
const addFormats = formatsModule as unknown as (ajv: Ajv2020, options: { mode: "fast" }) => void;
const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf("currency"));
const maxViolations = 20;

/**
 * Compiles a JSON Schema (2020-12). References to other documents are not fetched. Adds the formats `currency`
 * (ISO 4217) and `decimal`, a number as text.
 *
 * @throws {Error} when the schema is invalid
 */
export function compileSchema(schema: Readonly<Record<string, unknown>>): SchemaCheck {
  // A new instance for each schema, because several schemas may have the same id.
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
    return (validate.errors ?? []).slice(0, maxViolations).map(toViolation);
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
