/** Which rule a request field broke. */
export type ViolatedRule =
  | "VALIDATION"
  | "OTHER"
  | "MAX"
  | "MIN"
  | "MAX_LENGTH"
  | "MIN_LENGTH"
  | "MAX_SIZE"
  | "MIN_SIZE"
  | "FORMAT"
  | "DECIMAL_LTE"
  | "DECIMAL_GTE"
  | "DECIMAL_LT"
  | "DECIMAL_GT"
  | "DECIMAL_MAX_SCALE"
  | "INVALID_ENUM_VALUE"
  | "REQUIRED_FIELD"
  | "FIELD_NOT_ALLOWED"
  | "ONE_OF_ALIGNMENT"
  | "EXACT_LENGTH"
  | "EXACT_SIZE"
  | "REQUIRED_ONE_OF_FIELD"
  | "CUSTOM";

/** One field of a request that was refused. */
export interface FieldViolation {
  /** Path of the field with dots, such as `query.paging.limit`. */
  readonly field: string;
  readonly description: string;
  readonly violatedRule: ViolatedRule;
  /** Name of the rule when `violatedRule` is `CUSTOM` or `OTHER`. */
  readonly ruleName?: string;
  /** Facts about the rule, such as `{ threshold: 100 }`. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A refusal that the API names by a code. */
export interface ApplicationError {
  /** Stable upper-case name, such as `PERMISSION_DENIED`. */
  readonly code: string;
  readonly description: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A refusal that names the request fields at fault. */
export interface ValidationError {
  readonly fieldViolations: readonly FieldViolation[];
}

/** The body of every refusal of an API; a failure of the server itself has an empty message and no details. */
export interface ApiErrorBody {
  readonly message: string;
  readonly details: {
    readonly applicationError?: ApplicationError;
    readonly validationError?: ValidationError;
  };
}
