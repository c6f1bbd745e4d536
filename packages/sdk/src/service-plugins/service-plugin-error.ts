/**
 * A defined error of a service plugin method. The platform receives its code and data. The third-party client
 * converts it to the same response.
 *
 * @example
 * import { ServicePluginError } from "@latchkey/sdk";
 *
 * throw new ServicePluginError("INVALID_POSTAL_CODE", { data: { postalCode: "000" } });
 */
export class ServicePluginError extends Error {
  readonly errorType = "SPI";
  readonly applicationCode: string;
  /** The HTTP status of the response. */
  readonly httpCode: number;
  readonly data: Readonly<Record<string, unknown>>;

  /**
   * Creates an error.
   *
   * @param applicationCode an error code of the method's definition
   * @param details data for the platform, and the HTTP status. Default: no data, 400
   */
  constructor(
    applicationCode: string,
    details: { data?: Readonly<Record<string, unknown>>; httpCode?: number; cause?: unknown } = {},
  ) {
    const { cause, data = {}, httpCode = 400 } = details;
    super(applicationCode, cause === undefined ? undefined : { cause });
    this.applicationCode = applicationCode;
    this.httpCode = httpCode;
    this.data = data;
  }

  override get name(): string {
    return "ServicePluginError";
  }
}

/** Reads the members that our error class and third-party error classes share. */
export function asServicePluginError(
  error: unknown,
): Pick<ServicePluginError, "applicationCode" | "httpCode" | "data"> | undefined {
  const { applicationCode, data, errorType, httpCode } = (error ?? {}) as Partial<ServicePluginError>;
  if (errorType !== "SPI" || typeof applicationCode !== "string" || typeof httpCode !== "number") {
    return undefined;
  }
  return { applicationCode, httpCode, data: data ?? {} };
}
