import { apiKeyPrefix, appSecretPrefix, hasLatchkeyPrefix } from "@latchkey/protocol";
import { secretPrefixLength } from "../apps/index.ts";

/** Texts that say what to search for instead. They never contain what was searched for. */
export const hints: Readonly<
  Record<
    | "notFound"
    | "request"
    | "jti"
    | "unknownToken"
    | "wholeToken"
    | "wholeSecret"
    | "secretPrefix"
    | "keyPrefix"
    | "otherSecret",
    string
  >
> = {
  notFound: "Nothing that you may read has this id.",
  request:
    "A request is recorded only if its credential was refused, if it changed something, or if it called a service plugin. A refused one is " +
    "recorded within 5 seconds; of those with the same app, instance, route and reason in an hour, only the first and the last one are found.",
  jti: "A valid token is not recorded: by its jti, only an operator finds it, and only after it was revoked. Search for the whole token.",
  unknownToken:
    "This is not an access token that you may read: this platform did not sign it, it is not complete, or it belongs to an app and a site of others.",
  wholeToken:
    "Anyone who has a valid token can use it. The address of this request contains it, and proxies may log addresses: send it to POST /find instead.",
  wholeSecret:
    "You searched for a whole secret. The address of this request contains it, and proxies may log addresses: replace the secret if others " +
    "can read these logs. Search for the id of a secret or a key, for the first 12 characters of an App secret, or with POST /find.",
  secretPrefix: "Search for the id of the App secret, or for at least its first 12 characters.",
  keyPrefix: "An API key is found by its id, not by a part of its value.",
  otherSecret:
    "Refresh tokens, codes, install tokens and signing secrets of webhooks are not found. POST /oauth2/introspect describes a refresh token.",
};

/** Whether a text begins as a secret that this platform creates. */
export function isSecret(text: string): boolean {
  return hasLatchkeyPrefix(text) || text.startsWith("whsec_");
}

/** Hints about a search for a secret. */
export function secretHints(
  { isInAddress, text }: { readonly text: string; readonly isInAddress: boolean },
  isWhole: boolean,
): string[] {
  const isExposed = isInAddress && (isWhole || text.startsWith("whsec_"));
  const whole = isExposed ? [hints.wholeSecret] : [];
  if (text.startsWith(apiKeyPrefix)) return isWhole ? whole : [hints.keyPrefix];
  if (!text.startsWith(appSecretPrefix)) return [hints.otherSecret, ...whole];
  return text.length < secretPrefixLength ? [hints.secretPrefix] : whole;
}
