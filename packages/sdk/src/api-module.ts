import { type ApiCaller, type ApiHost, callerOf } from "./api-call.ts";

/** Functions of the platform's API before they know for whom they call: each is given a client, and becomes a method. */
export type ApiModule<Api extends object> = {
  readonly [Name in keyof Api]: (host: ApiHost) => Api[Name];
};

/** The modules of a client, under the names that they get there: ours, or those of the third-party packages. */
export type ApiModules = Readonly<Record<string, object>>;

/** What modules become on a client. */
export type BoundModules<Modules extends ApiModules> = {
  readonly [Name in keyof Modules as BoundName<Modules, Name>]: BoundModule<Modules[Name]>;
};

/** A module is one function, or several of them beside values that stay as they are. */
type BoundModule<Module> = Module extends (host: never) => unknown
  ? Bound<Module>
  : { readonly [Name in keyof Module as BoundName<Module, Name>]: Bound<Module[Name]> };

/** Functions that take a client become what they return; what receives events is left out. */
type Bound<Member> = Member extends { readonly __type: unknown }
  ? never
  : Member extends (host: never) => infer Method
    ? Method extends (...args: never[]) => unknown
      ? Method
      : never
    : Member;

type BoundName<Members, Name extends keyof Members> = [Bound<Members[Name]>] extends [never] ? never : Name;

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
 * @throws {TypeError} when a module holds no function
 */
export function bindModules<Modules extends ApiModules>(
  modules: Modules,
  host: ApiHost,
): BoundModules<Modules> {
  const bound = {};
  for (const [name, module] of Object.entries(modules)) {
    if (!holdsFunction(module)) {
      throw new TypeError(
        `modules.${name} is not a module. Import one from @latchkey/sdk/stores or from a package of the platform.`,
      );
    }
    let memo: unknown;
    const get = (): unknown => {
      memo ??= isNamespace(module) ? bindMembers(module, host) : bindMember(module, host);
      return memo;
    };
    Object.defineProperty(bound, name, { get, enumerable: true, configurable: true });
  }
  return bound as BoundModules<Modules>;
}

function bindMembers(module: Readonly<Record<string, unknown>>, host: ApiHost): unknown {
  const members = Object.entries(module)
    .filter(([, member]) => !receivesEvents(member))
    .map(([name, member]) => [name, bindMember(member, host)]);
  return Object.freeze(Object.fromEntries(members));
}

/** Values stay as they are. Among them are objects with functions of their own, which take no client. */
function bindMember(member: unknown, host: ApiHost): unknown {
  return typeof member === "function" ? bindFunction(member as (host: ApiHost) => unknown, host) : member;
}

/** Made at the first call, since foreign modules also hold functions that cannot be given a client. */
function bindFunction(unbound: (host: ApiHost) => unknown, host: ApiHost): (...args: unknown[]) => unknown {
  let method: ((...args: unknown[]) => unknown) | undefined;
  return (...args) => {
    method ??= unbound(host) as (...args: unknown[]) => unknown;
    return method(...args);
  };
}

function holdsFunction(module: unknown): boolean {
  const members = isNamespace(module) ? Object.values(module) : [module];
  return members.some((member) => typeof member === "function" && !receivesEvents(member));
}

function isNamespace(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Third-party modules mark their event and service-plugin handlers so. */
function receivesEvents(member: unknown): boolean {
  return typeof member === "function" && "__type" in member;
}
