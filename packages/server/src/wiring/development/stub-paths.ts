import type { Route } from "../../infrastructure/routes/index.ts";
import { invalidStub, type NamedStub, requireStubCount } from "../stub-resource.ts";

/**
 * Checks that no stub overlaps a route of the platform, and that equal paths have equal parameter names.
 *
 * Throws `invalid_stub`, which names both.
 */
export function requireOwnPaths(stubs: readonly NamedStub[], routes: readonly Route[]): void {
  requireStubCount(stubs.length);
  const served = routes.flatMap(({ aliases = [], method, path }) =>
    [path, ...aliases].map((one) => ({ method, path: one, segments: one.split("/") })),
  );
  const byShape = new Map<string, NamedStub>();
  for (const stub of stubs) {
    const segments = stub.path.split("/");
    const route = served.find((one) => one.method === stub.method && overlap(one.segments, segments));
    if (route !== undefined) {
      throw invalidStub(stub.name, `the platform serves ${route.method} ${route.path}; remove the stub`);
    }
    const shape = stub.path.replaceAll(/\{\w+/g, "{");
    const other = byShape.get(shape) ?? stub;
    if (other.path !== stub.path) {
      throw invalidStub(stub.name, `${other.name} is the same path with other names; use the same names`);
    }
    byShape.set(shape, stub);
  }
}

/** Whether a path can match both patterns. */
function overlap([a, ...restA]: readonly string[], [b, ...restB]: readonly string[]): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.endsWith("*}") || b.endsWith("*}")) return true;
  return (a === b || a.startsWith("{") || b.startsWith("{")) && overlap(restA, restB);
}
