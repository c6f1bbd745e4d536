import type { Field, Operator } from "./fields.ts";
import type { Scalar } from "./value-kinds.ts";

/** A parsed filter. */
export type Filter =
  | { readonly type: "and" | "or"; readonly filters: readonly Filter[] }
  | { readonly type: "not"; readonly filter: Filter }
  | { readonly type: "test"; readonly field: Field; readonly test: Test };

/** Whether a filter has no conditions, so that every row matches. */
export function isEmpty(filter: Filter | undefined): boolean {
  return filter === undefined || (filter.type === "and" && filter.filters.length === 0);
}

/** An operator with its operands. */
export type Test =
  | { readonly operator: ListOperator; readonly values: readonly Scalar[] }
  | { readonly operator: ValueOperator; readonly value: Scalar }
  /** The field has no value, or an empty value. */
  | { readonly operator: "empty" };

export type ListOperator = "$hasSome" | "$hasAll";

/** The parser replaces `$in`, `$nin`, `$exists` and `$isEmpty` by other operators. */
export type ValueOperator = Exclude<Operator, ListOperator | "$in" | "$nin" | "$exists" | "$isEmpty">;
