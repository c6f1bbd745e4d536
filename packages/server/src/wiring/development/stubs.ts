import { ApiError } from "../../infrastructure/errors/index.ts";
import type { Endpoint, Exchange } from "../../infrastructure/http/index.ts";
import { describeError } from "../../infrastructure/observability/index.ts";
import { createRouter, type Route } from "../../infrastructure/routes/index.ts";
import { isReservedPath, type NamedStub, type StubResource } from "../stub-resource.ts";
import { type StubRouteDependencies, stubRoute } from "./stub.routes.ts";
import { openStubFile } from "./stub-file.ts";
import { requireOwnPaths } from "./stub-paths.ts";

/** The stubs of a platform. */
export interface Stubs {
  /** Adds stubs; each replaces one with the same method and path. Throws `invalid_stub`, and then adds none. */
  add(resource: StubResource): void;
  /** Wraps an endpoint: stubs respond where it has no route. Throws `ENDPOINT_NOT_SERVED` where no stub matches. */
  wrap(endpoint: Endpoint): Endpoint;
}

export interface StubDependencies extends StubRouteDependencies {
  /** The routes of the platform, which stubs must not overlap. */
  readonly routes: readonly Route[];
  readonly resources: readonly StubResource[];
  /** The file that `LATCHKEY_STUBS` names. */
  readonly file: string | undefined;
}

/** Reads the file of stubs, and reads it again when it changes. Throws `invalid_stub`. */
export async function createStubs(deps: StubDependencies): Promise<Stubs> {
  const file = deps.file === undefined ? undefined : openStubFile(deps.file);
  let fromFile: StubResource = { stubs: [] };
  let added: StubResource = { stubs: deps.resources.flatMap(({ stubs }) => stubs) };
  let router: Endpoint;
  let refreshing: Promise<void> | undefined;

  const use = (next: { fromFile: StubResource; added: StubResource }): void => {
    const all = byName([...next.fromFile.stubs, ...next.added.stubs]);
    requireOwnPaths(all, deps.routes);
    router = createRouter(all.map((stub) => stubRoute(deps, stub)));
    ({ added, fromFile } = next);
  };
  const reread = async (): Promise<void> => {
    try {
      const changed = await file?.readChanged();
      if (changed !== undefined) use({ fromFile: changed, added });
    } catch (error) {
      deps.log.warn(describeError(error), "LATCHKEY_STUBS is not valid; the last valid stubs stay in use");
    }
  };
  const refresh = (): Promise<void> => {
    refreshing ??= reread().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };
  use({ fromFile: (await file?.readChanged()) ?? fromFile, added });

  return {
    add({ stubs }) {
      use({ fromFile, added: { stubs: byName([...added.stubs, ...stubs]) } });
    },
    wrap: (endpoint) => async (request, exchange) => {
      const served = await tryRoutes(endpoint, request, exchange);
      if (!(served instanceof ApiError)) return served;
      if (isReservedPath(new URL(request.url).pathname)) throw served;
      await refresh();
      const stubbed = await tryRoutes(router, request, exchange);
      if (!(stubbed instanceof ApiError)) return stubbed;
      throw served.code === "NOT_FOUND" ? new ApiError("ENDPOINT_NOT_SERVED") : served;
    },
  };
}

/** Returns the last stub of each name. */
function byName(stubs: readonly NamedStub[]): readonly NamedStub[] {
  return [...new Map(stubs.map((stub) => [stub.name, stub])).values()];
}

/** Returns the router's error when no route matches the request. */
async function tryRoutes(
  endpoint: Endpoint,
  request: Request,
  exchange: Exchange,
): Promise<Response | ApiError> {
  try {
    return await endpoint(request, exchange);
  } catch (error) {
    if (error instanceof ApiError && /^(NOT_FOUND|METHOD_NOT_ALLOWED)$/.test(error.code)) return error;
    throw error;
  }
}
