import { type ApiCaller, type ApiHost, callerOf } from "./api-call.ts";
import { withoutContext } from "./context.ts";
import { isServicePluginDefinition, type ServicePluginDefinition } from "./service-plugins/definition.ts";
import { type EventDefinition, isEventDefinition } from "./webhooks/event-definition.ts";
import type { WebhookHandler } from "./webhooks/webhooks.ts";

/** A module before it is bound to a client: each member takes a client and returns a method. */
export type ApiModule<Api extends object> = {
  readonly [Name in keyof Api]: (host: ApiHost) => Api[Name];
};

/** Modules by the name that they get on the client. A module is one of ours, or a third-party package. */
export type ApiModules = Readonly<Record<string, object>>;

/** Modules bound to a client. Events and service plugins are present only when `Events` is true. */
export type BoundModules<Modules extends ApiModules, Events extends boolean = false> = {
  readonly [Name in keyof Modules as BoundName<Modules, Name, Events>]: BoundModule<Modules[Name], Events>;
};

/** A module is a function, or an object with functions and other values. */
type BoundModule<Module, Events extends boolean> = Module extends
  | ((host: never) => unknown)
  | { readonly __type: unknown }
  ? Bound<Module, Events>
  : { readonly [Name in keyof Module as BoundName<Module, Name, Events>]: Bound<Module[Name], Events> };

/** The bound form of a member: a method, a function that registers handlers, or the value itself. */
type Bound<Member, Events extends boolean> = Member extends {
  readonly __type: "event-definition";
  readonly __payload: infer Envelope;
}
  ? Events extends true
    ? (handler: WebhookHandler<Envelope>) => void
    : never
  : Member extends { readonly __type: "service-plugin-definition"; readonly __contract: infer Contract }
    ? Events extends true
      ? (implementation: Contract) => void
      : never
    : Member extends { readonly __type: unknown }
      ? never
      : Member extends (host: never) => infer Method
        ? Method extends (...args: never[]) => unknown
          ? Method
          : never
        : Member;

type BoundName<Members, Name extends keyof Members, Events extends boolean> = [
  Bound<Members[Name], Events>,
] extends [never]
  ? never
  : Name;

/** Registers handlers for the events and service plugins of modules. */
export interface HandlerRegistry {
  event(event: EventDefinition, handler: WebhookHandler<unknown>): void;
  servicePlugin(definition: ServicePluginDefinition, implementation: never): void;
}

/** The methods of a module, each as a function of the sender. */
export type Methods<Api extends object> = { readonly [Name in keyof Api]: (caller: ApiCaller) => Api[Name] };

/** Creates a module that our client and the third-party client can bind. */
export function createModule<Api extends object>(methods: Methods<Api>): ApiModule<Api> {
  const bindable = Object.entries<(caller: ApiCaller) => unknown>(methods as never).map(
    ([name, method]) => [name, (host: ApiHost) => method(callerOf(host))] as const,
  );
  return Object.freeze(Object.fromEntries(bindable)) as ApiModule<Api>;
}

/**
 * Binds modules to a client. Each module is bound at its first use, because an app can have thousands of clients.
 *
 * @param register registers handlers of events and service plugins. Default: these members are left out
 * @throws {TypeError} when a module has no function
 */
export function bindModules<Modules extends ApiModules>(
  modules: Modules,
  host: ApiHost,
  register?: HandlerRegistry,
): BoundModules<Modules> {
  const bound = {};
  const binding = { host, register };
  for (const [name, module] of Object.entries(modules)) {
    if (!hasFunction(module)) {
      throw new TypeError(
        `modules.${name} is not a module. Import one from @latchkey/sdk/stores or from a package of the platform.`,
      );
    }
    let boundModule: unknown;
    const get = (): unknown => {
      boundModule ??= isNamespace(module) ? bindMembers(module, binding) : bindMember(module, binding);
      return boundModule;
    };
    Object.defineProperty(bound, name, { get, enumerable: true, configurable: true });
  }
  return bound as BoundModules<Modules>;
}

/** The client that members are bound to. */
interface Binding {
  readonly host: ApiHost;
  readonly register: HandlerRegistry | undefined;
}

function bindMembers(module: Readonly<Record<string, unknown>>, binding: Binding): unknown {
  const members = Object.entries(module)
    .map(([name, member]) => [name, bindMember(member, binding)] as const)
    .filter(([, member]) => member !== undefined);
  return Object.freeze(Object.fromEntries(members));
}

/** Binds functions. Other values stay unchanged, including objects with functions. */
function bindMember(member: unknown, { host, register }: Binding): unknown {
  if (isEventDefinition(member)) {
    return register && ((handler: WebhookHandler<unknown>) => register.event(member, handler));
  }
  if (isServicePluginDefinition(member)) {
    return register && ((implementation: never) => register.servicePlugin(member, implementation));
  }
  if (isNotMethod(member)) return undefined;
  return typeof member === "function" ? bindFunction(member as (host: ApiHost) => unknown, host) : member;
}

/** Binds at the first call, because third-party modules also have functions that do not take a client. */
function bindFunction(unbound: (host: ApiHost) => unknown, host: ApiHost): (...args: unknown[]) => unknown {
  let method: ((...args: unknown[]) => unknown) | undefined;
  return (...args) => {
    method ??= withoutContext(() => unbound(host)) as (...args: unknown[]) => unknown;
    return method(...args);
  };
}

function hasFunction(module: unknown): boolean {
  const members = isNamespace(module) ? Object.values(module) : [module];
  return members.some(
    (member) =>
      isEventDefinition(member) ||
      isServicePluginDefinition(member) ||
      (typeof member === "function" && !isNotMethod(member)),
  );
}

function isNamespace(value: unknown): value is Record<string, unknown> {
  if (isEventDefinition(value) || isServicePluginDefinition(value)) return false;
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Third-party modules mark functions that are not methods with `__type`, such as the error classes of service
 * plugins.
 */
function isNotMethod(member: unknown): boolean {
  return typeof member === "function" && "__type" in member;
}
