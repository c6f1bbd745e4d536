import type { FieldViolation } from "@latchkey/protocol";
import { z } from "zod";
import { ApiError, ValidationError } from "../../../infrastructure/errors/index.ts";
import { change, list, type ManagementRoute } from "../../../infrastructure/management/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import { builtInPluginType } from "./built-in-types.ts";
import { componentTypeName, type PluginMethod } from "./plugin-type.ts";
import { listPluginTypes, putPluginType } from "./plugin-types.queries.ts";
import type { SchemaChecker } from "./schema-checker.ts";

const tag = "Service plugins";

const jsonSchema = z
  .record(z.string(), z.unknown())
  .optional()
  .meta({ description: "JSON Schema 2020-12 without external references. Default: any object" });

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
  timeoutMs: z.int().min(1).max(30_000).meta({ description: "Timeout of a call, in milliseconds" }),
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
    .meta({ description: "Codes of the errors that an app may return. Default: any" }),
});

const pluginType = z.strictObject({ methods: z.array(method).min(1).max(20) });

const pluginTypeResponse = pluginType
  .extend({ componentType: z.string(), builtIn: z.boolean() })
  .meta({ id: "ServicePluginType", description: "An interface of the platform that apps implement" });

/** Management of the interfaces that apps can implement. */
export function pluginTypeRoutes({
  audit,
  schemas,
}: {
  audit: AuditLog;
  schemas: SchemaChecker;
}): readonly ManagementRoute[] {
  return [
    list({
      path: "/service-plugin-types",
      tag,
      operationId: "listServicePluginTypes",
      summary: "List the interfaces that apps can implement",
      scope: "service-plugins:read",
      accounts: ["developer"],
      portal: ["extensions"],
      servesBoundKeys: true,
      item: pluginTypeResponse,
      find: ({ db, page }) => listPluginTypes(db, page),
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
      summary: "Create or replace an interface of your own that apps can implement",
      scope: "service-plugins:write",
      example: { methods: [{ name: "getQuote", path: "/v1/get-quote", timeoutMs: 5_000 }] },
      errors: ["SERVICE_PLUGIN_TYPE_IS_BUILT_IN", "SCHEMA_TOO_EXPENSIVE", "RESOURCE_EXHAUSTED"],
      body: pluginType,
      response: pluginTypeResponse,
      prepare: ({ methods }) => requireValidMethods(methods, schemas),
      async handle({ trx, actor, body, ids: { componentType }, now }) {
        if (builtInPluginType(componentType)) throw new ApiError("SERVICE_PLUGIN_TYPE_IS_BUILT_IN");
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

/** Throws violations for repeated names, for ambiguous paths and for invalid schemas. */
async function requireValidMethods(methods: readonly PluginMethod[], schemas: SchemaChecker): Promise<void> {
  const violations: FieldViolation[] = [];
  const refuse = (field: string, description: string): void => {
    violations.push({ field, description, violatedRule: "VALIDATION" });
  };
  for (const [index, method] of methods.entries()) {
    const others = methods.filter((other) => other !== method);
    if (methods.slice(0, index).some(({ name }) => name === method.name)) {
      refuse(`methods[${index}].name`, "is repeated");
    }
    // Clients find the method of a call by the end of the URL.
    if (others.some(({ path }) => path.endsWith(method.path))) {
      refuse(
        `methods[${index}].path`,
        "is the end of another method's path, so clients cannot tell them apart",
      );
    }
    for (const field of ["requestSchema", "responseSchema"] as const) {
      const schema = method[field];
      const problem = schema && (await schemas.problemOf(schema, "types"));
      if (problem !== undefined) refuse(`methods[${index}].${field}`, problem);
    }
  }
  if (violations.length > 0) throw new ValidationError(violations);
}
