/** A typed request, or what is wrong with its text. */
export interface TypedRequest {
  readonly request?: Record<string, unknown>;
  readonly problem?: string;
}

/** Reads the text of a request, which must be a JSON object. */
export function readRequest(text: string): TypedRequest {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return { problem: "must be a JSON object" };
    }
    return { request: value as Record<string, unknown> };
  } catch (error) {
    return { problem: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
