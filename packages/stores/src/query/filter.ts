import type { Field, Operator } from "./fields.ts";
import type { Scalar } from "./value-kinds.ts";

/** A filter that was read and checked, ready to be compiled. */
export type Filter =
  | { readonly type: "and" | "or"; readonly filters: readonly Filter[] }
  | { readonly type: "not"; readonly filter: Filter }
  | { readonly type: "test"; readonly field: Field; readonly test: Test };

/** What one operator asks of one field. */
export type Test =
  | { readonly operator: ListOperator; readonly values: readonly Scalar[] }
  | { readonly operator: ValueOperator; readonly value: Scalar }
  /** The field has no value, or an empty one. */
  | { readonly operator: "empty" };

export type ListOperator = "$hasSome" | "$hasAll";

/** What is left when `$in`, `$nin`, `$exists` and `$isEmpty` are read as the others. */
export type ValueOperator = Exclude<Operator, ListOperator | "$in" | "$nin" | "$exists" | "$isEmpty">;
