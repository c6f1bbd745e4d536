/**
 * Thrown by a method of a service plugin to response an error that its caller knows: the platform gets code and data.
 * The third-party client answers it in the same way.
 *
 * @example
 * import { ServicePluginError } from "@latchkey/sdk";
 *
 * throw new ServicePluginError("INVALID_POSTAL_CODE", { data: { postalCode: "000" } });
 */
export class ServicePluginError extends Error {
  readonly errorType = "SPI";
  readonly applicationCode: string;
  /** HTTP status of the response. */
  readonly httpCode: number;
  readonly data: Readonly<Record<string, unknown>>;

  /**
   * @param applicationCode one of the codes that the method's definition has
   * @param details what the caller is told besides, and the HTTP status. Default: nothing, and 400
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

/** What ours and the error classes of the third-party packages have in common. */
export function asServicePluginError(
  error: unknown,
): Pick<ServicePluginError, "applicationCode" | "httpCode" | "data"> | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { applicationCode, data, errorType, httpCode } = error as Partial<ServicePluginError>;
  if (errorType !== "SPI" || typeof applicationCode !== "string" || typeof httpCode !== "number") {
    return undefined;
  }
  return { applicationCode, httpCode, data: data ?? {} };
}
