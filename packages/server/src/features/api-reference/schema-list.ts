import { type Html, html } from "../../infrastructure/pages/index.ts";
import type { OpenApiDocument } from "../../infrastructure/routes/index.ts";
import { resolve, type Schema } from "./document.ts";

/** Renders the fields of a schema as a nested list. */
export function schemaList(document: OpenApiDocument, schema: Schema): Html {
  const whole = resolve(document, schema);
  const inner = fieldsOf(document, whole);
  return inner ?? html`<p>${kindOf(whole)}</p>`;
}

/** Renders the fields of an object, or of the items of an array. Undefined without fields. */
function fieldsOf(document: OpenApiDocument, schema: Schema): Html | undefined {
  if (schema.items !== undefined) return fieldsOf(document, resolve(document, schema.items));
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return undefined;
  const rows = fields.map(([name, field]) => {
    const whole = resolve(document, field);
    const optional = schema.required?.includes(name) ? "" : ", optional";
    const description = field.description ?? whole.description;
    return html`<li><code>${name}</code> <span class="kind">${kindOf(whole)}${optional}</span>${
      description === undefined ? undefined : html` ${description}`
    }${fieldsOf(document, whole)}</li>`;
  });
  return html`<ul>${rows}</ul>`;
}

/** Describes the type and the bounds of a schema, such as `integer, 1 to 100`. */
export function kindOf(schema: Schema): string {
  const types = [schema.type ?? []].flat();
  const words = types.map((type) => (type === "array" ? listOf(schema.items ?? {}) : type));
  const kind = schema.enum === undefined ? words.join(" or ") : schema.enum.map(String).join(" | ");
  const bounds = [
    schema.format,
    range(schema.minimum, schema.maximum, ""),
    range(schema.minLength, schema.maxLength, "characters"),
    range(schema.minItems, schema.maxItems, "items"),
    schema.default === undefined ? undefined : `default ${JSON.stringify(schema.default)}`,
  ];
  return [kind || "any", ...bounds.filter((bound) => bound !== undefined)].join(", ");
}

function listOf(items: Schema): string {
  const simple = items.$ref === undefined && items.type !== "object" && items.type !== undefined;
  if (simple) return `array of ${kindOf(items)}`;
  const name = items.$ref?.slice(items.$ref.lastIndexOf("/") + 1);
  return name === undefined ? "array of objects" : `array of ${name}`;
}

function range(min: number | undefined, max: number | undefined, unit: string): string | undefined {
  if (min === undefined && max === undefined) return undefined;
  const numbers =
    max === undefined ? `at least ${min}` : min === undefined ? `up to ${max}` : `${min} to ${max}`;
  return `${numbers} ${unit}`.trim();
}
