import type { ApiErrorCode } from "../../errors/index.ts";

/** The texts of errors by their code. An error without one shows its message. */
export type ErrorTexts = Readonly<Partial<Record<ApiErrorCode, string>>>;

/** The texts of every page. */
export interface Texts {
  readonly errorTitle: string;
  readonly requestId: string;
  readonly errors: ErrorTexts;
}
