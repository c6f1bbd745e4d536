import { encodeBase64url } from "@latchkey/protocol";
import type { ApiCaller, ApiRequest, CallOptions } from "../api-call.ts";
import { LatchkeyError } from "../errors.ts";
import { toWireNames, wireFieldName } from "../field-names.ts";
import type { Query } from "./query-builder.ts";
import { createQueryResult, type QueryResult } from "./query-result.ts";

/** Something of a shop that can be queried. */
export interface Queryable<Item> {
  readonly path: string;
  /** Under which name the response lists what was found. */
  readonly list: string;
  readonly read: (wire: unknown) => Item;
}

/** What an application asks for when it composes the query itself, with the names used here. */
export interface RawQuery {
  /** As in `{ price: { $gt: 10 } }`. Default: everything. */
  readonly filter?: Readonly<Record<string, unknown>>;
  readonly sort?: readonly { readonly fieldName: string; readonly order?: "ASC" | "DESC" }[];
  /** Up to 100 items, behind `offset` others. Default: the first 50. */
  readonly paging?: { readonly limit?: number; readonly offset?: number };
  /**
   * In the place of `paging`: pages that cost the same wherever they lie, and that neither repeat nor hide an item when
   * others come and go. A cursor of `metadata.cursors` stands without filter and sort, which it carries.
   */
  readonly cursorPaging?: { readonly limit?: number; readonly cursor?: string };
}

/** A page as the platform answers it. */
export interface RawPage<Item> {
  readonly items: readonly Item[];
  readonly metadata: {
    readonly count?: number;
    readonly offset?: number;
    readonly total?: number;
    /** Of a query with `cursorPaging`; one that is missing leads nowhere. */
    readonly cursors?: { readonly next?: string; readonly prev?: string };
  };
}

/** Characters of a query string above which the query goes into a body; the third-party client does the same. */
const maxQueryLength = 4_000;

/** Gets one page of what a builder asks for. */
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

/** Gets the page that a query of the application asks for. */
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
      `${target.path} was answered without a list of ${target.list}. Check that apiUrl is the URL of the platform.`,
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

/** The query as the wire has it, whole, whatever it holds: a member that got lost would ask for something else. */
export function wireQuery({ filter = {}, sort = [], ...rest }: RawQuery): { readonly query: unknown } {
  const named = sort.map((key) => ({ ...key, fieldName: wireFieldName(key.fieldName) }));
  const sorted = named.length === 0 ? {} : { sort: named };
  return { query: toWireNames({ filter, ...sorted, ...rest }) };
}
