import { z } from "zod";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** One method of a service plugin. */
export interface PluginMethod {
  readonly name: string;
  /** Appended to the base URI of an app's plugin. */
  readonly path: string;
  /** Timeout of a call, in milliseconds. */
  readonly timeoutMs: number;
  /** JSON Schema (2020-12) of the request. */
  readonly requestSchema?: JsonSchema | undefined;
  /** JSON Schema (2020-12) of the response. */
  readonly responseSchema?: JsonSchema | undefined;
  /** Codes of the errors that an app may return. Default: any. */
  readonly errors?: readonly string[] | undefined;
}

/** An interface of the platform that apps implement. */
export interface PluginType {
  readonly componentType: string;
  readonly methods: readonly PluginMethod[];
}

/** The name of a type. Upper case only, because clients compare names without case. */
export const componentTypeName: z.ZodString = z
  .string()
  .max(100)
  .regex(/^[A-Z][A-Z0-9_]*$/, "must have only capital letters, digits and underscores, and a letter first")
  .meta({ description: "Such as ECOM_SHIPPING_RATES" });
