import type { ServicePluginData } from "@latchkey/protocol";
import type { Incoming } from "../connection.ts";
import { LatchkeyError } from "../errors.ts";
import { invalidDelivery } from "../keys/invalid-delivery.ts";
import { reporting } from "../reports/reporting.ts";
import { readBody, requireText } from "../webhooks/read-body.ts";
import {
  isServicePluginDefinition,
  type ServicePluginContract,
  type ServicePluginDefinition,
} from "./definition.ts";
import { asServicePluginError } from "./service-plugin-error.ts";
import type { VerifiedCall } from "./verify-call.ts";

/** Options of service plugins. */
export interface ServicePluginOptions {
  /** The accepted issuer. Default: `apiUrl` or `wix.com`. */
  readonly issuer?: string | undefined;
  /** Called when a method throws an error other than a `ServicePluginError`. Default: `console.error`. */
  readonly onError?: ((error: unknown, call: ServicePluginData) => unknown) | undefined;
}

/** The request of a service plugin call. */
export interface ServicePluginCall {
  /** The URL of the request. Its end selects the method. */
  readonly url: string;
  /** The JWT. */
  readonly body: string;
}

/** The implementation of a service plugin. Each method receives the call and the members of `Extra`. */
export type Implementation<Contract, Extra> = {
  readonly [Name in keyof Contract]: Contract[Name] extends (call: infer Call) => infer Result
    ? (call: Call & Extra) => Result
    : never;
};

/** Verifies service plugin calls and runs the method that the URL selects. */
export interface ServicePlugins<Extra extends object = object> {
  /**
   * Registers the implementation of a service plugin. It must have all methods.
   *
   * @throws {TypeError} when the service plugin already has an implementation, or a method is missing
   * @example
   * import { createApp } from "@latchkey/sdk";
   * import { shippingRates } from "@latchkey/sdk/ecom";
   *
   * const app = createApp({ appId: "<APP_ID>", appSecret: "<APP_SECRET>" });
   * app.servicePlugins.implement(shippingRates, {
   *   getShippingRates: ({ metadata }) => ({
   *     shippingRates: [
   *       { code: "std", title: "Standard", cost: { price: "4.90", currency: metadata.currency } },
   *     ],
   *   }),
   * });
   */
  implement<Contract>(
    definition: ServicePluginDefinition<Contract>,
    implementation: Implementation<Contract, Extra>,
  ): void;
  /**
   * Verifies a call and runs its method.
   *
   * @returns the result of the method, as sent to the platform
   * @throws {LatchkeyError} `invalid_delivery`, `not_implemented`, `missing_public_key`, `invalid_public_key`,
   *   `body_already_read`, and errors of the method
   */
  process(call: ServicePluginCall): Promise<unknown>;
  /**
   * Verifies the call in a request and runs its method. A `ServicePluginError` becomes a response; other errors are
   * thrown.
   */
  processRequest(request: Request): Promise<Response>;
  /** Verifies the JWT of a call and returns the call, without running a method. Throws as `process` does. */
  parseJWT(jwt: string): Promise<ServicePluginData>;
  /** Verifies the call in a request and returns it, without running a method. */
  parseRequest(request: Request): Promise<ServicePluginData>;
}

interface Implemented {
  readonly definition: ServicePluginDefinition;
  readonly implementation: Readonly<Record<string, (call: unknown) => unknown>>;
}

/** The dependencies of service plugins. */
export interface ServicePluginDependencies extends Incoming {
  readonly options: ServicePluginOptions;
  extend(call: ServicePluginData): object;
  /** Called with the error of a call that is not valid, or that selects no method. */
  readonly refused?: (error: unknown) => void;
}

/** A verified call. */
export interface AcceptedCall {
  readonly data: ServicePluginData;
  /** Runs the method of the call. */
  run(): Promise<unknown>;
}

/** Service plugins, and the step that `app.fetch` runs before a method. */
export interface ServicePluginReceiver {
  readonly servicePlugins: ServicePlugins;
  /** Verifies a call and selects its method. Throws as `process` does, without errors of the method. */
  accept(call: ServicePluginCall): Promise<AcceptedCall>;
}

export function createServicePlugins(dependencies: ServicePluginDependencies): ServicePluginReceiver {
  const { clock, options } = dependencies;
  const implemented = new Map<string, Implemented>();
  const issuer = options.issuer ?? [dependencies.issuer, "wix.com"];

  const checking = <Result>(check: () => Promise<Result>): Promise<Result> =>
    reporting(dependencies.refused, check);
  const verify = async (jwt: string): Promise<VerifiedCall> => {
    const text = requireText(jwt);
    // Loaded on use, so that clients that only call APIs do not load it.
    const { verifyCall } = await import("./verify-call.ts");
    return await verifyCall(text, { ...dependencies, issuer, now: clock.now() });
  };
  const select = ({ data, htu }: VerifiedCall, url: string): AcceptedCall => {
    const { componentType, method, run } = find(implemented, data, url);
    if (typeof htu === "string" && !endsWithPath(htu, method.primaryHttpMappingPath)) {
      throw invalidDelivery(
        { what: "call" },
        "wrong_url",
        `is bound to another method than ${componentType}.${method.name}`,
      );
    }
    return {
      data,
      async run() {
        const call = method.transformations.fromREST(structuredClone(data));
        const extra = Object.getOwnPropertyDescriptors(dependencies.extend(data));
        const given = Object.defineProperties(call as object, extra);
        const result = await dependencies.runForInstance(data.metadata.instanceId, () => run(given));
        return method.transformations.toREST(result) ?? {};
      },
    };
  };
  const accept = ({ body, url }: ServicePluginCall): Promise<AcceptedCall> =>
    checking(async () => select(await verify(body), url));
  const servicePlugins: ServicePlugins = Object.freeze({
    implement(definition, implementation) {
      const type = checkImplementation(definition, implementation).toLowerCase();
      if (implemented.has(type)) {
        throw new TypeError(`${definition.componentType} already has an implementation. Register only one.`);
      }
      implemented.set(type, { definition, implementation } as unknown as Implemented);
    },
    process: async (call) => (await accept(call)).run(),
    async processRequest(request) {
      const call = await checking(async () => select(await verify(await readBody(request)), request.url));
      try {
        return Response.json(await call.run());
      } catch (error) {
        const response = pluginErrorResponse(error);
        if (response === undefined) throw error;
        return response;
      }
    },
    parseJWT: (jwt) => checking(async () => (await verify(jwt)).data),
    parseRequest: (request) => checking(async () => (await verify(await readBody(request))).data),
  } satisfies ServicePlugins);
  return { servicePlugins, accept };
}

/** Returns the response for a `ServicePluginError` (wire §5.2); undefined for other errors. */
export function pluginErrorResponse(error: unknown): Response | undefined {
  const known = asServicePluginError(error);
  if (known === undefined) return undefined;
  const { applicationCode: code, data, httpCode: status } = known;
  return Response.json({ applicationError: { code, data } }, { status });
}

function find(implemented: ReadonlyMap<string, Implemented>, { metadata }: ServicePluginData, url: string) {
  const componentType = metadata.appExtensionType;
  const found = implemented.get(componentType.toLowerCase());
  const method = found?.definition.methods.find((one) => endsWithPath(url, one.primaryHttpMappingPath));
  const run = method && found?.implementation[method.name];
  if (method === undefined || run === undefined) {
    const text =
      found === undefined
        ? `The app has no implementation of ${componentType}. Register one: app.servicePlugins.implement(…).`
        : `The URL matches no method of ${componentType}. Check the base URI of the extension, and whether a proxy changes the path.`;
    throw new LatchkeyError("not_implemented", text);
  }
  return { componentType, method, run };
}

/** Compares without the query, because a proxy can add one. */
function endsWithPath(url: string, path: string): boolean {
  return (url.split(/[?#]/)[0] ?? "").replace(/\/+$/, "").endsWith(path);
}

function checkImplementation<Contract>(
  definition: ServicePluginDefinition<Contract>,
  given: unknown,
): string {
  const implementation = given as ServicePluginContract | null | undefined;
  if (!isServicePluginDefinition(definition)) {
    throw new TypeError(
      "implement() takes the definition of a service plugin, and an object with its methods.",
    );
  }
  const missing = definition.methods.filter(({ name }) => typeof implementation?.[name] !== "function");
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(", ");
    throw new TypeError(`The implementation of ${definition.componentType} lacks ${names}.`);
  }
  return definition.componentType;
}
