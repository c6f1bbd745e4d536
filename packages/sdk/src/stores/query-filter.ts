/** What a query asks of an item, as the wire has it (wire §8.6); without members it asks nothing. */
export type Filter = Readonly<Record<string, unknown>>;

/** Asks nothing. */
export const matchAll: Filter = {};

/** Both must hold. */
export function bothOf(one: Filter, other: Filter): Filter {
  return joined("$and", one, other);
}

/** One of them must hold; one that asks nothing is left out, as the third-party client does. */
export function eitherOf(one: Filter, other: Filter): Filter {
  return joined("$or", one, other);
}

/** The opposite must hold. */
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
