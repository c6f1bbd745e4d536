import type { ServicePluginData, ServicePluginMetadata } from "@latchkey/protocol";

/** A call of a service plugin method. */
export interface ServicePluginRequest<Request = Readonly<Record<string, unknown>>> {
  readonly request: Request;
  readonly metadata: ServicePluginMetadata;
}

/** The methods of a service plugin. Each takes a call, and returns its result or throws a `ServicePluginError`. */
export type ServicePluginContract = Readonly<Record<string, (call: never) => unknown>>;

/** The definition of a service plugin: an interface of the platform that apps implement. It is ours or third-party. */
export interface ServicePluginDefinition<Contract = ServicePluginContract> {
  readonly __type: "service-plugin-definition";
  readonly componentType: string;
  readonly methods: readonly ServicePluginMethod[];
  /** Exists only as a type: the implementation. */
  readonly __contract: Contract;
}

export interface ServicePluginMethod {
  readonly name: string;
  /** The end of the URL of calls. */
  readonly primaryHttpMappingPath: string;
  readonly transformations: {
    fromREST(call: ServicePluginData): unknown;
    toREST(result: unknown): unknown;
  };
}

/** Checks whether a value is the definition of a service plugin. */
export function isServicePluginDefinition(value: unknown): value is ServicePluginDefinition {
  return (value as { __type?: unknown } | null | undefined)?.__type === "service-plugin-definition";
}

/**
 * Defines a service plugin that the platform owner has added with `PUT /service-plugin-types`.
 *
 * @param paths the end of the URL of each method
 * @example
 * import { defineServicePlugin, type ServicePluginRequest } from "@latchkey/sdk";
 *
 * const bookingRules = defineServicePlugin<{
 *   mayBook(call: ServicePluginRequest<{ day: string }>): { allowed: boolean };
 * }>("ACME_BOOKING_RULES", { mayBook: "/v1/may-book" });
 */
export function defineServicePlugin<Contract extends { [Name in keyof Contract]: (call: never) => unknown }>(
  componentType: string,
  paths: Readonly<Record<keyof Contract & string, string>>,
): ServicePluginDefinition<Contract> {
  const methods = Object.entries<string>(paths).map(([name, primaryHttpMappingPath]) => ({
    name,
    primaryHttpMappingPath,
    transformations: { fromREST: (call: ServicePluginData) => call, toREST: (result: unknown) => result },
  }));
  // `__contract` exists only as a type.
  return {
    __type: "service-plugin-definition",
    componentType,
    methods,
  } as unknown as ServicePluginDefinition<Contract>;
}
