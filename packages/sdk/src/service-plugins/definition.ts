import type { ServicePluginData, ServicePluginMetadata } from "@latchkey/protocol";

/** What the platform asks of a service plugin. */
export interface ServicePluginRequest<Request = Readonly<Record<string, unknown>>> {
  readonly request: Request;
  readonly metadata: ServicePluginMetadata;
}

/** The methods of a service plugin: each gets a call, and gives its answer or throws a `ServicePluginError`. */
export type ServicePluginContract = Readonly<Record<string, (call: never) => unknown>>;

/** An interface of the platform that apps implement, ours or one of the third-party packages. */
export interface ServicePluginDefinition<Contract = ServicePluginContract> {
  readonly __type: "service-plugin-definition";
  readonly componentType: string;
  readonly methods: readonly ServicePluginMethod[];
  /** Only a type: what an implementation has to be. */
  readonly __contract: Contract;
}

export interface ServicePluginMethod {
  readonly name: string;
  /** How the URL of its calls ends. */
  readonly primaryHttpMappingPath: string;
  readonly transformations: {
    fromREST(call: ServicePluginData): unknown;
    toREST(result: unknown): unknown;
  };
}

/** Tells the interfaces of modules from all else. */
export function isServicePluginDefinition(value: unknown): value is ServicePluginDefinition {
  const kind = typeof value;
  return (
    (kind === "function" || (kind === "object" && value !== null)) &&
    (value as { __type?: unknown }).__type === "service-plugin-definition"
  );
}

/**
 * Defines an interface that a platform's owner has added by `PUT /service-plugin-types`, so that apps can implement it.
 *
 * @param paths of each method what its URL ends with
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
  // __contract is never there: it carries the type alone.
  return {
    __type: "service-plugin-definition",
    componentType,
    methods,
  } as unknown as ServicePluginDefinition<Contract>;
}
