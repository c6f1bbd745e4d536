/** Why a request was refused, and what to do. */
export interface Refusal {
  readonly status: 401 | 403 | 404 | 429;
  readonly text: string;
  readonly next: string;
}

const refuse = (status: Refusal["status"], text: string, next: string): Refusal => ({ status, text, next });

const newToken = "Request a new token.";
const newConsent = "Open the app's page on the site again, so that the owner gets a new code.";

/** The reasons of refused requests, in words. */
export const refusals: Readonly<Record<string, Refusal>> = {
  wrong_secret: refuse(
    401,
    "The App secret is not one of the app.",
    "Compare its first characters with the secrets on the page OAuth, or create another one.",
  ),
  secret_expired: refuse(401, "The App secret has expired.", "Create another one, and deploy it."),
  secret_compromised: refuse(
    401,
    "The App secret is marked as compromised. Tokens that it requested are invalid too.",
    "Use another secret, and request a new token with it.",
  ),
  app_disabled: refuse(401, "The app is disabled.", "Ask an operator to enable it."),
  app_gone: refuse(401, "The app is deleted.", "Create another app."),
  app_deleted: refuse(401, "The app of the API key is deleted.", "Use the key of another app."),
  unknown_instance: refuse(
    404,
    "The app has no instance with this id.",
    "Use an instanceId of this app: from AppInstalled, the instance parameter, or the page Instances.",
  ),
  instance_removed: refuse(404, "The app was removed from the site.", "Install it again."),
  instance_suspended: refuse(404, "The instance is suspended.", "Ask the platform to resume it."),
  instance_not_installed: refuse(401, "The instance is suspended or removed.", "Install the app again."),
  instance_gone: refuse(401, "The instance of the token does not exist.", newToken),
  generation_raised: refuse(
    401,
    "The tokens of the instance, the app or the platform were revoked after this one was issued. Removing or suspending an instance also does this.",
    newToken,
  ),
  expired: refuse(401, "The token has expired.", newToken),
  revoked: refuse(401, "The token was revoked.", newToken),
  key_removed: refuse(401, "The signing key of the token is removed.", newToken),
  member_gone: refuse(401, "The user of the token is no member of the site any more.", "Add the user again."),
  wrong_audience: refuse(
    401,
    "The token is for another API.",
    "Request a token with the resource of this API.",
  ),
  wrong_issuer: refuse(401, "The token has another issuer.", "Check LATCHKEY_PUBLIC_URL."),
  other_app: refuse(401, "The token or the key belongs to another app.", "Use one of this app."),
  missing_permission: refuse(
    403,
    "The token is valid, but its scopes do not include the permission that the call needs.",
    "Request the scope for the app, and let the owner of the site approve it.",
  ),
  missing_scope: refuse(
    403,
    "The API key is valid, but lacks the scope of the call.",
    "Create a key with this scope.",
  ),
  bound_to_app: refuse(
    403,
    "The API key is bound to one app, and the call concerns more.",
    "Use a key without an app.",
  ),
  key_deleted: refuse(401, "The API key is deleted.", "Create another one."),
  key_expired: refuse(401, "The API key has expired.", "Create another one."),
  unknown_code: refuse(401, "The code does not exist.", newConsent),
  code_used: refuse(401, "The code was used before.", newConsent),
  code_expired: refuse(401, "The code has expired.", newConsent),
  redirect_uri_differs: refuse(
    401,
    "The redirect URL is not the one for which the code was issued.",
    "Send the same redirect URL in both requests.",
  ),
  wrong_code_verifier: refuse(
    401,
    "The code verifier does not match.",
    "Send the verifier whose hash began the flow.",
  ),
  unknown_refresh_token: refuse(401, "The refresh token does not exist.", newConsent),
  tokens_revoked: refuse(401, "The refresh token was revoked.", newConsent),
  not_legacy: refuse(401, "The app does not use the legacy flow.", "Request tokens with the instance id."),
  rate_limited: refuse(
    429,
    "The app made more requests than the limits allow.",
    "Wait for the time in Retry-After, and use each token until it expires.",
  ),
};
