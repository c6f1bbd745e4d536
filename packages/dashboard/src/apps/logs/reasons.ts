/** What each reason of a refused request means, and what to do. */
export const reasons: Readonly<Record<string, string>> = {
  wrong_secret:
    "The App secret is not one of this app. Compare its first characters with the list of secrets.",
  secret_expired: "The App secret has expired. Create a new one and deploy it.",
  secret_compromised: "The App secret is marked as compromised. Use another one.",
  app_disabled: "The app is disabled. An operator can enable it.",
  app_gone: "The app is deleted.",
  unknown_instance: "The app has no instance with this id. Take the id from AppInstalled.",
  instance_removed: "The app is removed from the site.",
  instance_suspended: "The instance is suspended until an operator resumes it.",
  instance_not_installed: "The instance of the token is suspended or removed.",
  instance_gone: "The instance of the token does not exist.",
  generation_raised: "The tokens of the instance or of the app were revoked. Request a new token.",
  expired: "The token has expired. Request a new one.",
  revoked: "The token was revoked. Request a new one.",
  key_removed: "The signing key of the token is removed. Request a new token.",
  member_gone: "The user of the token is no member of the site any more.",
  wrong_audience: "The token is for another API.",
  wrong_issuer: "The token is of another platform.",
  other_app: "The token or the key is of another app.",
  missing_permission: "The grant of the instance lacks the permission that this call needs.",
  missing_scope: "The API key lacks the scope that this call needs.",
  bound_to_app: "The API key is bound to one app and may not make this call.",
  key_deleted: "The API key is deleted.",
  key_expired: "The API key has expired.",
  app_deleted: "The app of the API key is deleted.",
  unknown_code: "The code of the legacy flow does not exist.",
  code_used: "The code of the legacy flow was used before. Each code is valid once.",
  code_expired: "The code of the legacy flow has expired.",
  redirect_uri_differs: "The redirect URL is not the one that the code was created for.",
  wrong_code_verifier: "The code verifier does not belong to the code.",
  unknown_refresh_token: "The refresh token does not exist.",
  tokens_revoked: "The refresh token was revoked with the tokens of its instance or app.",
  not_legacy: "The app may not use the legacy flow. An operator can set its legacy URLs.",
  rate_limited: "The app made more calls than its limits allow.",
};

/** Explains a reason; empty for one that is not known. */
export function explain(reason: string): string {
  return reasons[reason] ?? "";
}
