import { ApiError } from "../../infrastructure/errors/index.ts";
import { type App, repeatedParameter } from "../apps/index.ts";

/** Where a person goes after the decision about an app: an address that the app has registered. */
export type ReturnTo =
  | { readonly kind: "app-installer"; readonly url: string }
  | {
      readonly kind: "legacy";
      readonly url: string;
      readonly state?: string | undefined;
      readonly codeChallenge?: string | undefined;
    };

/**
 * Throws `REDIRECT_NOT_REGISTERED` unless the app has registered the address. The part before the first `?` must be equal,
 * character by character, to a registered address without query; the query is the app's own.
 */
export function requirePostInstallationUrl(app: App, address: string): void {
  const [path = ""] = address.split("?", 1);
  const registered = app.postInstallationUrls.some((url) => url === path || url === address);
  if (!registered || address.includes("#")) throw new ApiError("REDIRECT_NOT_REGISTERED");
  if (repeatedParameter(address, "postInstallationUrl") !== undefined) {
    throw new ApiError("REDIRECT_NOT_REGISTERED");
  }
}

/** Throws `REDIRECT_NOT_REGISTERED` unless the app has registered exactly this redirect URL for the legacy flow. */
export function requireRedirectUrl({ legacy }: App, redirectUrl: string): void {
  if (!legacy?.redirectUrls.includes(redirectUrl)) throw new ApiError("REDIRECT_NOT_REGISTERED");
}

/** The address to which a person returns after canceling. */
export function refusedAddress(
  returnTo: ReturnTo,
  { appId, issuer }: { appId: string; issuer: string },
): string {
  const error = "access_denied";
  return returnTo.kind === "legacy"
    ? withParameters(returnTo.url, { error, state: returnTo.state, iss: issuer })
    : withParameters(returnTo.url, { appId, error });
}

/** Adds parameters to an address. Its query stays as it is. */
export function withParameters(
  address: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const url = new URL(address);
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  url.search = [url.search.slice(1), new URLSearchParams(given).toString()].filter(Boolean).join("&");
  return url.href;
}
