import { subscribe } from "node:diagnostics_channel";

/** The parts of a route that select it, and the parts of its OpenAPI document that the check reads. */
export interface DeclaredRoute {
  readonly method: string;
  readonly path: string;
  readonly aliases?: readonly string[];
  readonly operationId: string;
  readonly tag: string;
}

interface DeclaredResponse {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The responses that the OpenAPI document of a route declares. */
export interface Declaration {
  readonly responses: Readonly<Record<string, DeclaredResponse>>;
  /** Schemas that the responses refer to, by name. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

/** The OpenAPI document of one route. */
interface RouteDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, JsonSchema>> };
}

/** What a router publishes when it is created. */
interface Mounted {
  readonly routes: readonly DeclaredRoute[];
  openApiDocument(
    routes: readonly DeclaredRoute[],
    facts: { publicUrl: string; version: string },
  ): Promise<RouteDocument>;
}

/** A route at the path that a request matches. */
export interface MatchedRoute extends DeclaredRoute {
  describe(): Promise<Declaration>;
}

interface Entry extends MatchedRoute {
  readonly pattern: RegExp;
}

/** Finds the route of a request; HEAD is that of GET. With `anyMethod`, one of another method at the path will do. */
export type FindRoute = (
  method: string,
  path: string,
  options: { anyMethod: boolean },
) => MatchedRoute | undefined;

/** Collects the routes of every router that this process creates from now on; later ones replace earlier ones. */
export function collectRoutes(): FindRoute {
  const entries = new Map<string, Entry>();
  subscribe("latchkey:routes", (message) => {
    const { openApiDocument, routes } = message as Mounted;
    for (const route of routes) {
      for (const path of [route.path, ...(route.aliases ?? [])]) {
        const describe = async (): Promise<Declaration> =>
          readDeclaration(await openApiDocument([route], { publicUrl: "http://localhost", version: "0" }));
        const { method, operationId, tag } = route;
        entries.set(`${method} ${path}`, {
          method,
          operationId,
          tag,
          path,
          pattern: patternOf(path),
          describe,
        });
      }
    }
  });
  return (method, path, { anyMethod }) => {
    const wanted = method === "HEAD" ? "GET" : method;
    const atPath = [...entries.values()].filter(({ pattern }) => pattern.test(path));
    // A path without names wins, as in the router.
    atPath.sort((a, b) => Number(a.path.includes("{")) - Number(b.path.includes("{")));
    return atPath.find((route) => route.method === wanted) ?? (anyMethod ? atPath[0] : undefined);
  };
}

function patternOf(path: string): RegExp {
  const pattern = path
    .replaceAll(".", "\\.")
    .replaceAll(/\{\w+(\*?)\}/g, (_, rest) => (rest ? ".*" : "[^/]+"));
  return new RegExp(`^${pattern}$`);
}

function readDeclaration({ components, paths }: RouteDocument): Declaration {
  const [item] = Object.values(paths ?? {});
  const [operation] = Object.values(item ?? {});
  const { responses } = operation as Pick<Declaration, "responses">;
  return { responses, schemas: components?.schemas ?? {} };
}
