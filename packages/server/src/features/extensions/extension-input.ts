import type { FieldViolation } from "@latchkey/protocol";
import { z } from "zod";
import { ValidationError } from "../../infrastructure/errors/index.ts";
import type { Outbound } from "../../infrastructure/outbound/index.ts";
import { type Extension, extensionKinds } from "./extension.ts";
import { componentTypeName } from "./plugin-types/index.ts";

const address = z.string().max(2_000);

/** What an extension is made of; which fields it has depends on its kind. */
export const newExtension: z.ZodObject<{
  kind: z.ZodEnum<{ [Kind in (typeof extensionKinds)[number]]: Kind }>;
  url: z.ZodOptional<z.ZodString>;
  componentType: z.ZodOptional<z.ZodString>;
  baseUri: z.ZodOptional<z.ZodString>;
}> = z.strictObject({
  kind: z.enum(extensionKinds),
  url: address.optional().meta({ description: "Of a page: where it is" }),
  componentType: componentTypeName.optional(),
  baseUri: address
    .optional()
    .meta({ description: "Of a service plugin: what the paths of its methods are appended to" }),
});

type Given = Readonly<Partial<Record<"url" | "baseUri" | "componentType", string | undefined>>>;
type Checks = Pick<Outbound, "violationOf">;

/** The fields that a kind has, each needed; the others are not taken. */
export function requireFieldsOf(kind: Extension["kind"], given: Given): void {
  const plugin = kind === "SERVICE_PLUGIN";
  const own = plugin ? (["componentType", "baseUri"] as const) : (["url"] as const);
  const others = plugin ? (["url"] as const) : (["componentType", "baseUri"] as const);
  const violations: FieldViolation[] = [
    ...own
      .filter((field) => given[field] === undefined)
      .map((field) => ({
        field,
        description: `is required for ${kind}`,
        violatedRule: "REQUIRED_FIELD" as const,
      })),
    ...others
      .filter((field) => given[field] !== undefined)
      .map((field) => ({
        field,
        description: `is not taken for ${kind}`,
        violatedRule: "FIELD_NOT_ALLOWED" as const,
      })),
  ];
  if (violations.length > 0) throw new ValidationError(violations);
}

/**
 * Checks the addresses that are there: a plugin's is called by the platform, a page's is opened by browsers.
 *
 * @returns them in the one way that they are stored
 */
export async function readAddress({ baseUri, url }: Given, outbound: Checks): Promise<string> {
  const violations: FieldViolation[] = [];
  if (baseUri !== undefined) {
    const description = (await outbound.violationOf(baseUri)) ?? partViolation(baseUri, ["search", "hash"]);
    if (description !== undefined) violations.push(violation("baseUri", description));
  }
  if (url !== undefined) {
    const description = pageViolation(url);
    if (description !== undefined) violations.push(violation("url", description));
  }
  if (violations.length > 0) throw new ValidationError(violations);
  // The paths of methods begin with a slash.
  return baseUri === undefined ? new URL(url ?? "").href : new URL(baseUri).href.replace(/\/+$/, "");
}

function violation(field: string, description: string): FieldViolation {
  return { field, description, violatedRule: "VALIDATION" };
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The signed parameter goes to this address, and whoever sees it can show it to the app. */
function pageViolation(text: string): string | undefined {
  if (/\p{Cc}/u.test(text) || !URL.canParse(text)) return "must be an absolute URL";
  const { hostname, password, protocol, username } = new URL(text);
  if (protocol !== "https:" && !(protocol === "http:" && loopback.test(hostname))) {
    return "must begin with https://, or http:// for this machine";
  }
  if (username + password !== "" || /^[^/]*\/\/[^/?#]*@/.test(text)) {
    return "must not have a user name or password";
  }
  return partViolation(text, ["hash"]);
}

const partNames = { search: "query", hash: "fragment" } as const;

function partViolation(text: string, parts: readonly ("search" | "hash")[]): string | undefined {
  const url = new URL(text);
  const part = parts.find((name) => url[name] !== "");
  return part && `must not have a ${partNames[part]}`;
}
