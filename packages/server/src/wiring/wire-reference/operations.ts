/** A JSON schema. */
export type Schema = Readonly<Record<string, unknown>>;

// What the descriptions of operations are made of.

export const text: Schema = { type: "string" };
export const guid: Schema = { type: "string", format: "uuid" };
export const objects: Schema = { type: "array", items: { type: "object" } };

/** What every API for apps refuses. */
export const apiRefusals: Readonly<Record<number, { readonly description: string }>> = {
  400: { description: "A field breaks a rule; validationError names it" },
  401: { description: "UNAUTHENTICATED: no good access token" },
  403: { description: "PERMISSION_DENIED: names the permission that is missing" },
  429: { description: "RESOURCE_EXHAUSTED: see Retry-After; only with LATCHKEY_API_RATE_LIMIT" },
};

/** What an operation says of the token it needs. */
export function protectedBy(permission: string): Readonly<Record<string, unknown>> {
  return {
    tags: ["APIs for apps"],
    security: [{ accessToken: [] }],
    description: `Needs an access token with the permission \`${permission}\`.`,
  };
}

/** A JSON body with these fields. Default of its example: the fields that are required. */
export function body(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  example?: Readonly<Record<string, unknown>>,
): Schema {
  const schema = { type: "object", properties, required, ...(example === undefined ? {} : { example }) };
  return { required: true, content: json(schema) };
}

/** A JSON answer with these fields. */
export function answer(properties: Readonly<Record<string, Schema>>): Schema {
  return { description: "Done", content: json({ type: "object", properties }) };
}

function json(schema: Schema): Schema {
  return { "application/json": { schema } };
}
