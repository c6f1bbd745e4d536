import type { Identity } from "./identity.ts";

/** The `typ` header of the JWT that calls a service plugin. */
export const SERVICE_PLUGIN_TYPE = "service-plugin+jwt";

/** How long the JWT of a call is good for, in seconds. */
export const SERVICE_PLUGIN_LIFETIME = 60;

/** What the platform says about a call of a service plugin (wire §5.1). */
export interface ServicePluginMetadata {
  /** Names the call in the logs of both sides. */
  readonly requestId: string;
  readonly identity: Identity;
  /** The instance that is called. */
  readonly instanceId: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Such as `en-US`. */
  readonly languages: readonly string[];
  /** The component type, such as `ECOM_SHIPPING_RATES`. */
  readonly appExtensionType: string;
}

/** What the `data` claim of a call holds: an object, unlike that of webhooks. */
export interface ServicePluginData {
  readonly request: Readonly<Record<string, unknown>>;
  readonly metadata: ServicePluginMetadata;
}

/** The claims of a call's JWT: those of RFC 7519, what it is bound to (RFC 9449 section 4.2), and the call in `data`. */
export interface ServicePluginClaims {
  readonly iss: string;
  readonly aud: string;
  /** Epoch seconds. */
  readonly iat: number;
  /** Epoch seconds. */
  readonly exp: number;
  readonly jti: string;
  readonly htm: "POST";
  /** The URL that is called, so that no call can be passed off as one of another method. */
  readonly htu: string;
  readonly data: ServicePluginData;
}

/** The body of an error that a service plugin answers on purpose (wire §5.2). */
export interface ServicePluginErrorBody {
  readonly applicationError: {
    readonly code: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
}

/**
 * Reads the `data` claim of a call.
 *
 * @returns request and metadata, or undefined when it is not a call in the form of the wire
 */
export function readServicePluginData(data: unknown): ServicePluginData | undefined {
  if (!isObject(data) || !isObject(data.request ?? {}) || !isObject(data.metadata)) return undefined;
  const { appExtensionType, currency, identity, instanceId, languages, requestId } = data.metadata;
  if (typeof appExtensionType !== "string" || typeof instanceId !== "string" || instanceId === "") {
    return undefined;
  }
  if (identity !== undefined && !isObject(identity)) return undefined;
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
 * Reads an error that a service plugin answers on purpose.
 *
 * @returns its code and data, or undefined when the body says no such thing
 */
export function readServicePluginError(
  body: unknown,
): ServicePluginErrorBody["applicationError"] | undefined {
  if (!isObject(body) || !isObject(body.applicationError)) return undefined;
  const { code, data } = body.applicationError;
  if (typeof code !== "string" || code === "") return undefined;
  return isObject(data) ? { code, data } : { code };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
