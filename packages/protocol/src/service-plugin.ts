import type { Identity } from "./identity.ts";
import { isJsonObject } from "./strict-json.ts";

/** The `typ` header of the JWT of a service plugin call. */
export const servicePluginType = "service-plugin+jwt";

/** The lifetime of the JWT of a call, in seconds. */
export const servicePluginLifetime = 60;

/** The context of a service plugin call (wire §5.1). */
export interface ServicePluginMetadata {
  /** The ID of the call in the logs of the platform and the app. */
  readonly requestId: string;
  readonly identity: Identity;
  /** The ID of the called instance. */
  readonly instanceId: string;
  /** The currency code, in ISO 4217. */
  readonly currency: string;
  /** Language tags, such as `en-US`. */
  readonly languages: readonly string[];
  /** The component type, such as `ECOM_SHIPPING_RATES`. */
  readonly appExtensionType: string;
}

/** The `data` claim of a call. It is an object; the `data` claim of a webhook is a string. */
export interface ServicePluginData {
  readonly request: Readonly<Record<string, unknown>>;
  readonly metadata: ServicePluginMetadata;
}

/**
 * The claims of the JWT of a call: registered claims of RFC 7519, the binding to a request (RFC 9449 section 4.2),
 * and the call in `data`.
 */
export interface ServicePluginClaims {
  readonly iss: string;
  readonly aud: string;
  /** Epoch seconds. */
  readonly iat: number;
  /** Epoch seconds. */
  readonly exp: number;
  readonly jti: string;
  readonly htm: "POST";
  /** The called URL. It prevents the reuse of the JWT for another method. */
  readonly htu: string;
  readonly data: ServicePluginData;
}

/** The response body of a service plugin that throws a defined error (wire §5.2). */
export interface ServicePluginErrorBody {
  readonly applicationError: {
    readonly code: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
}

/**
 * Parses the `data` claim of a call.
 *
 * @returns undefined when `data` is not a call
 */
export function readServicePluginData(data: unknown): ServicePluginData | undefined {
  if (!isJsonObject(data) || !isJsonObject(data.request ?? {}) || !isJsonObject(data.metadata))
    return undefined;
  const { appExtensionType, currency, identity, instanceId, languages, requestId } = data.metadata;
  if (typeof appExtensionType !== "string" || typeof instanceId !== "string" || instanceId === "") {
    return undefined;
  }
  if (identity !== undefined && !isJsonObject(identity)) return undefined;
  return {
    request: (data.request ?? {}) as ServicePluginData["request"],
    metadata: {
      requestId: typeof requestId === "string" ? requestId : "",
      identity: (identity ?? { identityType: "UNKNOWN" }) as unknown as Identity,
      instanceId,
      currency: typeof currency === "string" ? currency : "",
      languages: Array.isArray(languages) ? languages.filter((one) => typeof one === "string") : [],
      appExtensionType,
    },
  };
}

/**
 * Parses the response body of a defined error of a service plugin.
 *
 * @returns undefined when the body is not a defined error
 */
export function readServicePluginError(
  body: unknown,
): ServicePluginErrorBody["applicationError"] | undefined {
  if (!isJsonObject(body) || !isJsonObject(body.applicationError)) return undefined;
  const { code, data } = body.applicationError;
  if (typeof code !== "string" || code === "") return undefined;
  return isJsonObject(data) ? { code, data } : { code };
}
