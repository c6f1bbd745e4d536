import type { FieldViolation } from "@latchkey/protocol";
import { z } from "zod";
import { invalidField, ValidationError } from "../../infrastructure/errors/index.ts";
import type { Outbound } from "../../infrastructure/outbound/index.ts";
import { pageAddressViolation } from "../../infrastructure/routes/index.ts";
import { type Extension, extensionKinds } from "./extension.ts";
import { componentTypeName } from "./plugin-types/index.ts";

const address = z.string().max(2_000);

/** The body of a new extension. Which fields it may have depends on its kind. */
export const newExtension: z.ZodObject<{
  kind: z.ZodEnum<{ [Kind in (typeof extensionKinds)[number]]: Kind }>;
  url: z.ZodOptional<z.ZodString>;
  componentType: z.ZodOptional<z.ZodString>;
  baseUri: z.ZodOptional<z.ZodString>;
}> = z.strictObject({
  kind: z.enum(extensionKinds),
  url: address.optional().meta({ description: "The URL of a page" }),
  componentType: componentTypeName.optional(),
  baseUri: address
    .optional()
    .meta({ description: "The URL of a service plugin; the paths of its methods are appended to it" }),
});

type Given = Readonly<Partial<Record<"url" | "baseUri" | "componentType", string | undefined>>>;

/** Throws violations for missing fields of a kind, and for fields of another kind. */
export function requireFieldsOf(kind: Extension["kind"], given: Given): void {
  const violations = (["url", "componentType", "baseUri"] as const).flatMap((field): FieldViolation[] => {
    const required = (kind === "SERVICE_PLUGIN") === (field !== "url");
    if (required === (given[field] !== undefined)) return [];
    return required
      ? [{ field, description: `is required for ${kind}`, violatedRule: "REQUIRED_FIELD" }]
      : [{ field, description: `is not allowed for ${kind}`, violatedRule: "FIELD_NOT_ALLOWED" }];
  });
  if (violations.length > 0) throw new ValidationError(violations);
}

/** Checks the address of a page or a service plugin, and returns it in its normal form. Throws violations. */
export async function readAddress(
  { baseUri, url = "" }: Given,
  outbound: Pick<Outbound, "violationOf">,
): Promise<string> {
  if (baseUri === undefined) {
    // Browsers send the signed instance parameter to a page, so it needs TLS.
    requireNone("url", pageAddressViolation(url, { loopback: true }));
    return new URL(url).href;
  }
  requireNone("baseUri", (await outbound.violationOf(baseUri)) ?? partViolation(baseUri));
  // The paths of methods begin with a slash.
  return new URL(baseUri).href.replace(/\/+$/, "");
}

function requireNone(field: string, description: string | undefined): void {
  if (description !== undefined) throw invalidField(field, description, "VALIDATION");
}

function partViolation(text: string): string | undefined {
  const { hash, search } = new URL(text);
  if (search !== "") return "must not have a query";
  return hash === "" ? undefined : "must not have a fragment";
}
