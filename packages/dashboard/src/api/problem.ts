/** The body of an error of the API. */
interface ErrorBody {
  readonly message?: string;
  readonly details?: {
    readonly applicationError?: { readonly code?: string; readonly data?: { readonly requestId?: string } };
    readonly validationError?: {
      readonly fieldViolations?: readonly { readonly field: string; readonly description: string }[];
    };
  };
}

/** An error response of the API. */
export class Problem extends Error {
  readonly status: number;
  /** Empty for invalid fields. */
  readonly code: string;
  /** What is wrong with each field, by its name in the request. */
  readonly fields: Readonly<Record<string, string>>;
  readonly requestId: string | null;

  constructor(response: Response, { details = {}, message = "" }: ErrorBody) {
    super(message || `The server responded with ${response.status}.`);
    const violations = details.validationError?.fieldViolations ?? [];
    this.name = "Problem";
    this.status = response.status;
    this.code = details.applicationError?.code ?? "";
    this.fields = Object.fromEntries(violations.map(({ description, field }) => [field, description]));
    this.requestId = response.headers.get("x-request-id");
  }
}

/** Whether a change was refused because somebody else has changed the object. */
export function isConflict(error: unknown): boolean {
  return error instanceof Problem && error.code === "PRECONDITION_FAILED";
}

/** Reads an error response; a body that is not one of the API gives a problem with the status only. */
export async function readProblem(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => ({}));
  return new Problem(response, body as ErrorBody);
}
