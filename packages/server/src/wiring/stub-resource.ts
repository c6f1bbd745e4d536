import { z } from "zod";
import { OperatorError } from "../infrastructure/errors/index.ts";
import { type Access, dottedName, type Method } from "../infrastructure/routes/index.ts";

/** A request that a stub responds to. */
export interface StubCall {
  /** Method, URL and headers. The body is in `body`. */
  readonly request: Request;
  /** Decoded path parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The instance that the access token acts as. */
  readonly access: Access;
  /** The value of a JSON body, the text of another body, or undefined without a body. At most 1 MiB. */
  readonly body: unknown;
}

/** The response to a method and path that the platform does not serve. */
export interface Stub {
  /** The permission that the access token needs. Default: none; every valid access token is accepted. */
  readonly permission?: string | undefined;
  /** Returns a JSON value (200), `{ status, body }` or a `Response`, or a promise of one; at most 1 MiB. */
  respond(call: StubCall): unknown;
}

/** A checked stub. */
export interface NamedStub extends Stub {
  /** Method and path. */
  readonly name: string;
  readonly method: Method;
  readonly path: string;
}

/** Stubs of an API that the platform does not serve, created by {@link stubResource}. */
export interface StubResource {
  readonly stubs: readonly NamedStub[];
}

const maxStubs = 1_000;

const stubName = /^(GET|POST|PUT|PATCH|DELETE) ((?:\/(?:[\w.~@-]+|\{\w+\}))*\/(?:[\w.~@-]+|\{\w+\*?\}))$/;

const stubSchema = z.strictObject({
  permission: dottedName.optional(),
  respond: z.custom<Stub["respond"]>((value) => typeof value === "function", "must be a function"),
});

/**
 * Defines stubs for development and tests by method and path. Paths may have parameters: `/orders/{orderId}`.
 *
 * Throws `invalid_stub`.
 *
 * @example
 * const contacts = stubResource({
 *   "POST /contacts/v4/contacts/query": { respond: () => ({ contacts: [] }) },
 *   "GET /contacts/v4/contacts/{contactId}": {
 *     permission: "CONTACTS.READ",
 *     respond: ({ parameters }) => ({ contact: { id: parameters.contactId } }),
 *   },
 * });
 */
export function stubResource(stubs: Readonly<Record<string, Stub>>): StubResource {
  const entries = Object.entries(stubs);
  requireStubCount(entries.length);
  return {
    stubs: entries.map(([name, stub]) => ({ ...parseName(name), ...parseStub(name, stubSchema, stub) })),
  };
}

/** Whether a path belongs to the management API or to OAuth, which cannot be stubbed. */
export function isReservedPath(path: string): boolean {
  return /^\/(admin|oauth2?|\.well-known)(\/|$)/.test(path);
}

/** Checks the number of stubs. Throws `invalid_stub`. */
export function requireStubCount(count: number): void {
  if (count > maxStubs) throw new OperatorError("invalid_stub", `There may be at most ${maxStubs} stubs.`);
}

/** Parses the definition of a stub. Throws `invalid_stub`, which names the stub. */
export function parseStub<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.length ? `${issue.path.join(".")} ` : "";
  throw invalidStub(name, `${field}${issue?.message}`);
}

export function invalidStub(name: string, text: string): OperatorError {
  return new OperatorError(
    "invalid_stub",
    `${JSON.stringify(name.slice(0, 200))}: ${text.replace(/\.?$/, ".")}`,
  );
}

function parseName(name: string): Pick<NamedStub, "name" | "method" | "path"> {
  const [, method, path = ""] = stubName.exec(name) ?? [];
  if (method === undefined || name.length > 500 || /\/\.\.?(\/|$)/.test(path)) {
    throw invalidStub(
      name,
      "write GET, POST, PUT, PATCH or DELETE, a space and a path with names in braces, such as GET /orders/{orderId}",
    );
  }
  const names = path.match(/\{\w+/g) ?? [];
  if (new Set(names).size < names.length) throw invalidStub(name, "the path has the same name twice");
  if (isReservedPath(path)) throw invalidStub(name, "the management API and OAuth have no stubs");
  return { name, method: method as Method, path };
}
