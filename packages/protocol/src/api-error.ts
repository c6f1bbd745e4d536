/** The validation rule that a request field violates. */
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

/** A request field that is not valid. */
export interface FieldViolation {
  /** The path of the field, separated by dots, such as `query.paging.limit`. */
  readonly field: string;
  readonly description: string;
  readonly violatedRule: ViolatedRule;
  /** The name of the rule when `violatedRule` is `CUSTOM` or `OTHER`. */
  readonly ruleName?: string;
  /** Details about the rule, such as `{ threshold: 100 }`. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** An error of the API with a code. */
export interface ApplicationError {
  /** A stable name in upper case, such as `PERMISSION_DENIED`. */
  readonly code: string;
  readonly description: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** An error caused by request fields that are not valid. */
export interface ValidationError {
  readonly fieldViolations: readonly FieldViolation[];
}

/** The body of an error response. For a 5xx error, the message and the details are empty. */
export interface ApiErrorBody {
  readonly message: string;
  readonly details: {
    readonly applicationError?: ApplicationError;
    readonly validationError?: ValidationError;
  };
}
