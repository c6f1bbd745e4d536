import type { FieldViolation } from "@latchkey/protocol";
import { z } from "zod";
import { ApiError, ValidationError } from "../../../infrastructure/errors/index.ts";
import { change, list, type ManagementRoute, pageOf } from "../../../infrastructure/management/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import { builtInPluginType } from "./built-in-types.ts";
import { compileSchema } from "./json-schema.ts";
import { componentTypeName, type PluginMethod } from "./plugin-type.ts";
import { listPluginTypes, putPluginType } from "./plugin-types.queries.ts";

const tag = "Service plugins";

const jsonSchema = z
  .record(z.string(), z.unknown())
  .optional()
  .meta({ description: "JSON Schema 2020-12, complete in itself. Default: any object" });

const method = z.strictObject({
  name: z
    .string()
    .max(100)
    .regex(/^[A-Za-z]\w*$/, "must have only letters, digits and underscores, and a letter first"),
  path: z
    .string()
    .max(200)
    .regex(/^(\/[\w~-][\w.~-]*)+$/, "must be a path such as /v1/get-rates, without a slash at its end")
    .meta({ description: "Appended to the base URI of an app's plugin" }),
  timeoutMs: z.int().min(1).max(30_000).meta({ description: "How long an app may take, in milliseconds" }),
  requestSchema: jsonSchema,
  responseSchema: jsonSchema,
  errors: z
    .array(
      z
        .string()
        .max(100)
        .regex(/^[A-Z][A-Z0-9_]*$/, "must be codes such as NOT_IN_THIS_COUNTRY"),
    )
    .max(100)
    .optional()
    .meta({ description: "Codes of the errors that an app may answer. Default: any" }),
});

const pluginType = z.strictObject({ methods: z.array(method).min(1).max(20) });

const pluginTypeResponse = pluginType
  .extend({ componentType: z.string(), builtIn: z.boolean() })
  .meta({ id: "ServicePluginType", description: "An interface of the platform that apps implement" });

/** Management of the interfaces that apps can implement. */
export function pluginTypeRoutes(audit: AuditLog): readonly ManagementRoute[] {
  return [
    list({
      path: "/service-plugin-types",
      tag,
      operationId: "listServicePluginTypes",
      summary: "List the interfaces that apps can implement",
      scope: "service-plugins:read",
      servesBoundKeys: true,
      item: pluginTypeResponse,
      async find({ db, page }) {
        const types = (await listPluginTypes(db)).sort(byName);
        return pageOf(types, page, (type) => type.componentType);
      },
      position: (type) => type.componentType,
      show: ({ componentType, methods }) => ({
        componentType,
        builtIn: builtInPluginType(componentType) !== undefined,
        methods: methods.map((one) => ({ ...one, errors: one.errors && [...one.errors] })),
      }),
    }),
    change({
      method: "PUT",
      path: "/service-plugin-types/{componentType}",
      names: { componentType: componentTypeName },
      tag,
      operationId: "putServicePluginType",
      summary: "Define an interface of your own that apps can implement, or define it anew",
      scope: "service-plugins:write",
      example: { methods: [{ name: "getQuote", path: "/v1/get-quote", timeoutMs: 5_000 }] },
      errors: ["SERVICE_PLUGIN_TYPE_IS_BUILT_IN"],
      body: pluginType,
      response: pluginTypeResponse,
      async handle({ trx, actor, body, ids: { componentType }, now }) {
        if (builtInPluginType(componentType) !== undefined)
          throw new ApiError("SERVICE_PLUGIN_TYPE_IS_BUILT_IN");
        requireDistinct(body.methods);
        requireSchemas(body.methods);
        const existed = await putPluginType(trx, { componentType, methods: body.methods }, now);
        await audit.append(trx, actor, {
          action: existed ? "service-plugin-type.changed" : "service-plugin-type.created",
          details: { componentType, methods: body.methods.map(({ name }) => name) },
        });
        return { componentType, builtIn: false, methods: body.methods };
      },
    }),
  ];
}

function byName(one: { componentType: string }, other: { componentType: string }): number {
  return one.componentType < other.componentType ? -1 : 1;
}

/** Clients find a method by how the URL ends, so that no path may end like another. */
function requireDistinct(methods: readonly PluginMethod[]): void {
  const violations = methods.flatMap(({ name, path }, at): FieldViolation[] => {
    const others = methods.filter((_, other) => other !== at);
    const field = `methods[${at}]`;
    return [
      ...(methods.slice(0, at).some((other) => other.name === name)
        ? [{ field: `${field}.name`, description: "is there twice", violatedRule: "VALIDATION" as const }]
        : []),
      ...(others.some((other) => other.path.endsWith(path))
        ? [
            {
              field: `${field}.path`,
              description: "is how the path of another method ends, and clients could not tell them apart",
              violatedRule: "VALIDATION" as const,
            },
          ]
        : []),
    ];
  });
  if (violations.length > 0) throw new ValidationError(violations);
}

function requireSchemas(methods: readonly PluginMethod[]): void {
  const violations = methods.flatMap((one, at) =>
    (["requestSchema", "responseSchema"] as const).flatMap((name): FieldViolation[] => {
      const schema = one[name];
      const fault = schema === undefined ? undefined : faultOf(schema);
      if (fault === undefined) return [];
      const description = `is no JSON Schema 2020-12: ${fault}`;
      return [{ field: `methods[${at}].${name}`, description, violatedRule: "VALIDATION" }];
    }),
  );
  if (violations.length > 0) throw new ValidationError(violations);
}

function faultOf(schema: Readonly<Record<string, unknown>>): string | undefined {
  try {
    compileSchema(schema);
    return undefined;
  } catch (error) {
    return (error as Error).message.slice(0, 200);
  }
}
