import { encodeBase64url } from "@latchkey/protocol";
import type { ApiCaller, ApiRequest, CallOptions } from "../api-call.ts";
import { LatchkeyError } from "../errors.ts";
import { toWireNames, wireFieldName } from "../field-names.ts";
import type { Query } from "./query-builder.ts";
import { createQueryResult, type QueryResult } from "./query-result.ts";

/** A kind of item that can be queried. */
export interface Queryable<Item> {
  readonly path: string;
  /** The member of the response that holds the items. */
  readonly list: string;
  readonly read: (wire: unknown) => Item;
}

/** A query in the form of the API, with the field names of this client. */
export interface RawQuery {
  /** The conditions, such as `{ price: { $gt: 10 } }`. Default: none. */
  readonly filter?: Readonly<Record<string, unknown>>;
  readonly sort?: readonly { readonly fieldName: string; readonly order?: "ASC" | "DESC" }[];
  /** Offset paging: up to 100 items after skipping `offset` items. Default: the first 50 items. */
  readonly paging?: { readonly limit?: number; readonly offset?: number };
  /**
   * Cursor paging, instead of `paging`. All pages cost the same, and changes between pages do not repeat or skip
   * items. A cursor of `metadata.cursors` already contains filter and sort, so omit both.
   */
  readonly cursorPaging?: { readonly limit?: number; readonly cursor?: string };
}

/** One page of a query. */
export interface RawPage<Item> {
  readonly items: readonly Item[];
  readonly metadata: {
    readonly count?: number;
    readonly offset?: number;
    readonly total?: number;
    /** Present for `cursorPaging`. A missing cursor means that there is no further page. */
    readonly cursors?: { readonly next?: string; readonly prev?: string };
  };
}

/**
 * The maximum length of a query string, in characters. Longer queries are sent in a body, as in the third-party
 * client.
 */
const maxQueryLength = 4_000;

/** Gets one page for a query builder. */
export async function findItems<Item>(
  caller: ApiCaller,
  target: Queryable<Item>,
  { query, options }: { readonly query: Query; readonly options: CallOptions },
): Promise<QueryResult<Item>> {
  const { items, metadata } = await findRaw(caller, target, { query, options });
  const { limit, offset: skip } = query.paging;
  return createQueryResult({
    items,
    totalCount: typeof metadata.total === "number" ? metadata.total : skip + items.length,
    skip,
    limit,
    at: (offset, next) =>
      findItems(caller, target, { query: { ...query, paging: { limit, offset } }, options: next }),
  });
}

/** Gets one page for a raw query. */
export async function findRaw<Item>(
  caller: ApiCaller,
  target: Queryable<Item>,
  { query, options }: { readonly query: RawQuery; readonly options: CallOptions },
): Promise<RawPage<Item>> {
  const response = await caller.call(queryRequest(target.path, wireQuery(query), options));
  const { metadata, [target.list]: found } = (response ?? {}) as Record<string, unknown>;
  if (!Array.isArray(found)) {
    throw new LatchkeyError(
      "unexpected_response",
      `${target.path} returned no list of ${target.list}. Check that apiUrl is the URL of the platform.`,
    );
  }
  return { items: found.map(target.read), metadata: (metadata ?? {}) as RawPage<Item>["metadata"] };
}

function queryRequest(path: string, body: unknown, { signal }: CallOptions): ApiRequest {
  const query = `.r=${encodeBase64url(new TextEncoder().encode(JSON.stringify(body)))}`;
  return query.length > maxQueryLength
    ? { method: "POST", path, body, idempotent: true, signal }
    : { method: "GET", path, query, idempotent: true, signal };
}

/** Converts a query to the wire format. All members are kept, because a dropped condition would change the meaning. */
export function wireQuery({ filter = {}, sort = [], ...rest }: RawQuery): { readonly query: unknown } {
  const named = sort.map((key) => ({ ...key, fieldName: wireFieldName(key.fieldName) }));
  const sorted = named.length === 0 ? {} : { sort: named };
  return { query: toWireNames({ filter, ...sorted, ...rest }) };
}
