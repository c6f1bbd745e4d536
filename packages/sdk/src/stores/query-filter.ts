/** The conditions of a query in the wire format (wire §8.6). An empty object matches all items. */
export type Filter = Readonly<Record<string, unknown>>;

/** Matches all items. */
export const matchAll: Filter = {};

/** Combines two filters with "and". */
export function bothOf(one: Filter, other: Filter): Filter {
  return joined("$and", one, other);
}

/** Combines two filters with "or". An empty filter is dropped, as in the third-party client. */
export function eitherOf(one: Filter, other: Filter): Filter {
  return joined("$or", one, other);
}

/** Negates a filter. */
export function oppositeOf(filter: Filter): Filter {
  if (isEmpty(filter)) return matchAll;
  return isOnly("$not", filter) ? (filter.$not as Filter) : { $not: filter };
}

function joined(operator: "$and" | "$or", one: Filter, other: Filter): Filter {
  if (isEmpty(one)) return other;
  if (isEmpty(other)) return one;
  const parts = [one, other].flatMap((each) =>
    isOnly(operator, each) ? (each[operator] as readonly Filter[]) : [each],
  );
  return { [operator]: parts };
}

function isEmpty(filter: Filter): boolean {
  return Object.keys(filter).length === 0;
}

function isOnly(operator: string, filter: Filter): boolean {
  return Object.keys(filter).length === 1 && operator in filter;
}
