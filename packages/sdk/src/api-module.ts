import { type ApiCaller, type ApiHost, callerOf } from "./api-call.ts";
import { withoutContext } from "./context.ts";
import { isServicePluginDefinition, type ServicePluginDefinition } from "./service-plugins/definition.ts";
import { type EventDefinition, isEventDefinition } from "./webhooks/event-definition.ts";
import type { WebhookHandler } from "./webhooks/webhooks.ts";

/** Functions of the platform's API before they know for whom they call: each is given a client, and becomes a method. */
export type ApiModule<Api extends object> = {
  readonly [Name in keyof Api]: (host: ApiHost) => Api[Name];
};

/** The modules of a client, under the names that they get there: ours, or those of the third-party packages. */
export type ApiModules = Readonly<Record<string, object>>;

/** What modules become; events and service plugins only on a client, which can handle them. */
export type BoundModules<Modules extends ApiModules, Events extends boolean = false> = {
  readonly [Name in keyof Modules as BoundName<Modules, Name, Events>]: BoundModule<Modules[Name], Events>;
};

/** A module is one function, or several of them beside values that stay as they are. */
type BoundModule<Module, Events extends boolean> = Module extends
  | ((host: never) => unknown)
  | { readonly __type: unknown }
  ? Bound<Module, Events>
  : { readonly [Name in keyof Module as BoundName<Module, Name, Events>]: Bound<Module[Name], Events> };

/** Functions that take a client become what they return, events and service plugins what takes their handlers. */
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

/** Registers what handles the events and service plugins of a module. */
export interface HandlerRegistry {
  event(event: EventDefinition, handler: WebhookHandler<unknown>): void;
  servicePlugin(definition: ServicePluginDefinition, implementation: never): void;
}

/** How a module's methods are made from what sends their calls. */
export type Methods<Api extends object> = { readonly [Name in keyof Api]: (caller: ApiCaller) => Api[Name] };

/** Makes a module that our client can bind, and the third-party client too. */
export function createModule<Api extends object>(methods: Methods<Api>): ApiModule<Api> {
  const bindable = Object.entries<(caller: ApiCaller) => unknown>(methods as never).map(
    ([name, method]) => [name, (host: ApiHost) => method(callerOf(host))] as const,
  );
  return Object.freeze(Object.fromEntries(bindable)) as ApiModule<Api>;
}

/**
 * Binds each module to a client, when it is first looked at: an app has thousands of clients, and each uses few modules.
 *
 * @param register takes handlers of events and service plugins; without it these are left out
 * @throws {TypeError} when a module holds no function
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

/** What members are bound to. */
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

/** Values stay as they are. Among them are objects with functions of their own, which take no client. */
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

/** Made at the first call, since foreign modules also hold functions that cannot be given a client. */
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

/** Third-party modules mark what is no method so, such as the error classes of their service plugins. */
function isNotMethod(member: unknown): boolean {
  return typeof member === "function" && "__type" in member;
}
