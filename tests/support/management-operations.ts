/** An operation in the OpenAPI document of the management API. */
export interface ManagementOperation {
  readonly operationId: string;
  /** Method and path below the API's root, such as `GET /apps/{appId}`. */
  readonly call: string;
  readonly scope: string;
  readonly accounts: readonly string[];
  /** The pages of portals that call it, or `every`. */
  readonly portal: readonly string[] | "every";
  readonly takesBody: boolean;
  readonly response: JsonSchema;
}

/** The parts of a JSON schema that responses use. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly allOf?: readonly JsonSchema[];
  readonly additionalProperties?: unknown;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly "x-latchkey-scope": string;
  readonly "x-latchkey-accounts": readonly string[];
  readonly "x-latchkey-portal": ManagementOperation["portal"];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { content: { "application/json": { schema: JsonSchema } } }>>;
}

const root = "/admin/v1";

/** Reads the operations of the management API from the document of a running platform. */
export async function readManagementOperations(url: string): Promise<ManagementOperation[]> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  const paths = Object.entries(document.paths).filter(([path]) => path.startsWith(root));
  return paths.flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      operationId: operation.operationId,
      call: `${method.toUpperCase()} ${path.slice(root.length)}`,
      scope: operation["x-latchkey-scope"],
      accounts: operation["x-latchkey-accounts"],
      portal: operation["x-latchkey-portal"],
      takesBody: operation.requestBody !== undefined,
      response: inlined(document, operation.responses["200"]?.content["application/json"].schema ?? {}),
    })),
  );
}

/** Inserts ids into a path. */
export function fillPath(call: string, ids: Readonly<Record<string, string>>): string {
  return call.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name];
    if (id === undefined) throw new Error(`This test has no ${name} for ${call}; give it one.`);
    return id;
  });
}

function inlined(document: Document, schema: JsonSchema): JsonSchema {
  if (schema.$ref !== undefined) {
    return inlined(document, document.components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  }
  const parts = (schema.allOf ?? []).map((part) => inlined(document, part));
  const properties = Object.assign({}, ...parts.map((part) => part.properties), schema.properties);
  return {
    ...schema,
    ...(schema.items ? { items: inlined(document, schema.items) } : {}),
    required: [...parts.flatMap((part) => part.required ?? []), ...(schema.required ?? [])],
    properties: Object.fromEntries(
      Object.entries(properties as Record<string, JsonSchema>).map(([name, inner]) => [
        name,
        inlined(document, inner),
      ]),
    ),
  };
}
