/**
 * Every error code of the APIs with its HTTP status and default text. `docs/reference/errors.md` has one heading for each;
 * a test compares the two. Codes are never reused.
 */
export const apiErrors = {
  UNAUTHENTICATED: { status: 401, text: "A valid access token is required in the Authorization header." },
  PERMISSION_DENIED: { status: 403, text: "This call needs a permission that was not granted." },
  NOT_FOUND: { status: 404, text: "There is nothing at this address." },
  FILE_NOT_FOUND: { status: 404, text: "The dashboard has no such file; reload the page." },
  ENDPOINT_NOT_SERVED: {
    status: 404,
    text: "This path is not served here with this method. To stub it, name a JSON file of stubs in LATCHKEY_STUBS, or give the option stubs to createTestPlatform.",
  },
  METHOD_NOT_ALLOWED: { status: 405, text: "This path does not accept this method; see the Allow header." },
  MISDIRECTED_REQUEST: {
    status: 421,
    text: "The development server responds only to loopback names such as localhost or 127.0.0.1, and to those in LATCHKEY_DEV_HOSTS.",
  },
  MALFORMED_REQUEST: { status: 400, text: "The request is not valid HTTP." },
  AMBIGUOUS_PATH: {
    status: 400,
    text: "The path must not contain dot segments, a fragment, or escapes of letters, digits, hyphens, dots, underscores or tildes.",
  },
  HEADERS_TOO_LARGE: { status: 431, text: "The headers of a request may have at most 16 KB." },
  TOO_MANY_CONNECTIONS: {
    status: 429,
    text: "This address has too many open connections. Close those that are idle, and reuse the others.",
  },
  REQUEST_TIMEOUT: { status: 408, text: "The request did not arrive in time." },
  INVALID_JSON: { status: 400, text: "The body is not valid JSON." },
  INEXACT_NUMBER: {
    status: 400,
    text: "A number in the body has more digits than JavaScript keeps, so it would be changed; send it as a string.",
  },
  DUPLICATE_KEY: { status: 400, text: "The body names the same key twice." },
  INVALID_UTF8: { status: 400, text: "The body is not valid UTF-8." },
  INVALID_CURSOR: { status: 400, text: "The cursor does not belong to this list; start again without it." },
  BODY_TOO_LARGE: { status: 413, text: "The body is larger than this address accepts." },
  BODY_TIMEOUT: { status: 408, text: "The body did not arrive in time." },
  CLIENT_LEFT: { status: 408, text: "The client disconnected before the response was sent." },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, text: "Send the body as application/json in UTF-8." },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    text: "This Idempotency-Key was already used for a different request; use a new one.",
  },
  PRECONDITION_FAILED: {
    status: 412,
    text: "The object was changed after the caller read it. Read it again, then decide whether to change it.",
  },
  WEBHOOK_NOT_FOUND: { status: 404, text: "The app has no webhook with this id." },
  WEBHOOK_EXISTS: { status: 409, text: "The app sends this event type to this address already." },
  WEBHOOK_PAUSED: { status: 409, text: "The webhook is paused, so nothing is sent; resume it first." },
  WEBHOOK_UNCONFIRMED: {
    status: 409,
    text: "The address of the webhook is not confirmed yet, so its events are kept; read its confirmation for the reason.",
  },
  TOO_MANY_WEBHOOKS: { status: 409, text: "The app has as many webhooks as it may have; delete one first." },
  EVENT_NOT_FOUND: { status: 404, text: "There is no event with this id." },
  EVENT_TYPE_NOT_FOUND: {
    status: 404,
    text: "There is no event type of this name; GET /admin/v1/event-types lists them.",
  },
  EVENT_TYPE_EXISTS: { status: 409, text: "There is an event type of this name already." },
  EXTENSION_NOT_FOUND: { status: 404, text: "The app has no extension with this id." },
  EXTENSION_EXISTS: { status: 409, text: "The app implements this service plugin type already." },
  TOO_MANY_EXTENSIONS: {
    status: 409,
    text: "The app has as many extensions as it may have; delete one first.",
  },
  SERVICE_PLUGIN_TYPE_NOT_FOUND: { status: 404, text: "There is no service plugin type of this name." },
  SERVICE_PLUGIN_TYPE_IS_BUILT_IN: {
    status: 409,
    text: "This service plugin type is the platform's own and cannot be changed.",
  },
  DELIVERY_NOT_FOUND: {
    status: 404,
    text: "There is no delivery with this id; they are deleted some time after they ended, by default after 30 days.",
  },
  BACKFILL_RUNNING: { status: 409, text: "The app has a backfill that has not ended; wait for it." },
  JOB_NOT_FOUND: { status: 404, text: "There is no job with this id; ended ones are kept for 30 days." },
  JOB_COUNT_CHANGED: {
    status: 409,
    text: "The filter does not select as many rows as confirmed. Check the new count in data, and confirm it.",
  },
  TOO_MANY_JOBS: {
    status: 409,
    text: "As many jobs as allowed have not ended; wait for one, or cancel one.",
  },
  APP_NOT_FOUND: { status: 404, text: "There is no app with this id." },
  APP_IN_USE: { status: 409, text: "The app is still installed; remove its instances first." },
  SECRET_NOT_FOUND: { status: 404, text: "The app has no secret with this id." },
  SECRET_IS_PRIMARY: { status: 409, text: "This is the primary secret; promote another one first." },
  SECRET_NOT_LIVE: { status: 409, text: "This secret is expired, compromised or deleted." },
  TOO_MANY_SECRETS: {
    status: 409,
    text: "The app has as many live secrets as it may have; delete one first.",
  },
  SITE_NOT_FOUND: { status: 404, text: "There is no site with this id." },
  ACCOUNT_NOT_FOUND: { status: 404, text: "There is no account with this id." },
  SESSION_NOT_FOUND: { status: 404, text: "The account has no session with this id." },
  EMAIL_TAKEN: { status: 409, text: "Another account has this e-mail address." },
  ACCOUNT_IS_NO_DEVELOPER: {
    status: 409,
    text: "The account is not marked as a developer; an operator can change that.",
  },
  SIGN_IN_FAILED: { status: 401, text: "The e-mail address or the password is wrong." },
  SIGN_IN_LIMITED: { status: 429, text: "Too many attempts to sign in have failed. Try again later." },
  SIGN_UP_CLOSED: { status: 403, text: "Only the operator of this platform creates new accounts." },
  WRONG_PASSWORD: { status: 403, text: "The current password is wrong." },
  LOCAL_SIGN_IN_OFF: {
    status: 403,
    text: "People sign in only with the identity provider of this platform.",
  },
  OIDC_SIGN_IN_FAILED: {
    status: 401,
    text: "The identity provider did not sign you in, or it took too long. Begin again.",
  },
  IDENTITY_PROVIDER_UNAVAILABLE: {
    status: 502,
    text: "The identity provider cannot be reached; try again shortly.",
  },
  PASSKEY_INVALID: { status: 401, text: "The passkey is not accepted; request new options and try again." },
  PASSKEY_EXISTS: { status: 409, text: "This passkey is registered already." },
  PASSKEY_NOT_FOUND: { status: 404, text: "The account has no passkey with this id." },
  TOO_MANY_PASSKEYS: {
    status: 409,
    text: "The account has as many passkeys as it may have; delete one first.",
  },
  CROSS_ORIGIN_REQUEST: {
    status: 403,
    text: "The request does not come from a page of this server. Open the page again and repeat the step there.",
  },
  MEMBER_NOT_FOUND: { status: 404, text: "The site has no member with this accountId." },
  ROLE_NOT_FOUND: { status: 404, text: "There is no role of this name." },
  ROLE_IS_BUILT_IN: { status: 409, text: "This role is the platform's own and cannot be changed." },
  ID_TAKEN: {
    status: 409,
    text: "Another object has this id; one that was deleted or removed keeps it too. Choose another id.",
  },
  EXTERNAL_ID_TAKEN: { status: 409, text: "Another site has this externalId." },
  INSTANCE_NOT_FOUND: { status: 404, text: "There is no instance with this id." },
  INSTANCE_ALREADY_INSTALLED: { status: 409, text: "The app is already installed on this site." },
  INSTANCE_NOT_INSTALLED: { status: 409, text: "The instance is not in a state that allows this." },
  PRE_APPROVAL_NOT_FOUND: { status: 404, text: "The app has no pre-approval of this scope." },
  REQUIRED_SCOPE_MISSING: {
    status: 400,
    text: "The app does not work without every scope that it requires.",
  },
  APP_DISABLED: { status: 409, text: "The app is disabled; enable it first." },
  PERMISSION_EXISTS: { status: 409, text: "A permission with this id exists already." },
  SCOPE_EXISTS: { status: 409, text: "A scope with this id exists already." },
  RESOURCE_EXISTS: { status: 409, text: "A resource with this identifier exists already." },
  RESOURCE_NOT_FOUND: { status: 404, text: "There is no resource with this identifier." },
  KEY_NOT_FOUND: { status: 404, text: "There is no key with this id." },
  KEY_IS_ACTIVE: { status: 409, text: "This is the only active signing key; create another one first." },
  TOO_MANY_KEYS: {
    status: 409,
    text: "As many signing keys are announced as may be; wait until one of them is active.",
  },
  QUERY_TOO_EXPENSIVE: {
    status: 400,
    text: "The query takes too long on a site of this size; request fewer items, or use fewer conditions.",
  },
  ITEM_TOO_LARGE: { status: 413, text: "One item of the list is larger than a response may be." },
  SCHEMA_TOO_EXPENSIVE: {
    status: 400,
    text: "The JSON Schema of the method takes too long for this value; send a shorter value, or simplify the patterns and references of the schema.",
  },
  EVENT_QUOTA_EXCEEDED: {
    status: 429,
    text: "The app has caused as many bytes of events in 30 days as it may, so nothing was changed. Change less, or ask the operator of the platform for a higher quota.",
  },
  STATE_TOO_LARGE: {
    status: 409,
    text: "The database has more than 100,000 rows, which is the most that can be exported.",
  },
  TOO_MANY_FAULTS: {
    status: 409,
    text: "There are 100 faults; delete them with DELETE /admin/v1/dev/faults first.",
  },
  RESOURCE_EXHAUSTED: { status: 429, text: "Too many calls; wait for the time in Retry-After." },
  INSTALL_LINK_INVALID: {
    status: 410,
    text: "The install link was used, has expired, or does not exist; create a new one.",
  },
  TOO_MANY_INSTALL_LINKS: {
    status: 409,
    text: "The site has as many install links as it may have; wait until some have expired.",
  },
  PORTAL_LINK_INVALID: {
    status: 410,
    text: "The portal link was used or has expired, or its session has ended; load the page that contains it again, so that it creates a new one.",
  },
  PORTAL_LINK_NOT_FOUND: { status: 404, text: "There is no portal link with this id; it may have expired." },
  TOO_MANY_PORTAL_LINKS: {
    status: 409,
    text: "The app or the site has as many portal links and sessions as it may have; wait until some have expired, or delete some.",
  },
  INSTALL_TOKEN_INVALID: {
    status: 410,
    text: "The install token was used, has expired, or is of another app; begin at the platform again.",
  },
  INSTALL_TOKEN_OF_OTHER_ACCOUNT: {
    status: 403,
    text: "The install token is of another account than the one that is signed in.",
  },
  INSTALL_REQUEST_NOT_FOUND: {
    status: 404,
    text: "There is no request to install with this id; they are kept for 30 days.",
  },
  INSTALL_REQUEST_DECIDED: { status: 409, text: "The request to install was approved or declined already." },
  TOO_MANY_SITES: {
    status: 409,
    text: "The account owns as many sites as it may; delete one first, or ask an operator.",
  },
  TOO_MANY_INSTALL_REQUESTS: {
    status: 409,
    text: "The account or the site has as many pending requests as it may have; decide on some first.",
  },
  NOT_AN_OWNER: { status: 403, text: "Only an owner of the site may do this." },
  REDIRECT_NOT_REGISTERED: {
    status: 400,
    text: "The app has not registered this address, so nobody is sent there.",
  },
  INVALID_FORM: { status: 400, text: "A field of the form is not valid." },
  FORM_EXPIRED: {
    status: 403,
    text: "The form is too old, or belongs to another session. Open its page again.",
  },
  FORM_FROM_ANOTHER_SITE: {
    status: 403,
    text: "The form was not sent from a page of this server, or it was sent in a frame. Nothing was changed.",
  },
  INTERNAL: { status: 500, text: "" },
  UNAVAILABLE: {
    status: 503,
    text: "The database cannot be reached or cannot store more; try again shortly.",
  },
} as const;

/** A stable code of an API error. */
export type ApiErrorCode = keyof typeof apiErrors;

/** Every error of the OAuth endpoints (RFC 6749 §5.2, RFC 8707 §2) with its default HTTP status. */
export const oauthErrors = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unsupported_grant_type: 400,
  unauthorized_client: 400,
  invalid_scope: 400,
  invalid_target: 400,
  temporarily_unavailable: 503,
  server_error: 500,
} as const;

/** A stable code of an OAuth error. */
export type OAuthErrorCode = keyof typeof oauthErrors;

/** Errors for operators of the server. They are never sent over HTTP. */
export const operatorErrors = {
  nested_connection:
    "A query outside the transaction was started inside it; use the transaction of the write instead.",
  transaction_ended:
    "A query was started after its transaction had ended; wait for every query before leaving a transaction.",
  cannot_listen: "The server cannot listen on its address.",
  data_directory_unusable: "The data directory cannot be used.",
  data_directory_in_use: "Another process is using this data directory.",
  unreleased_database:
    "A version of Latchkey before the first release created this database; its tables cannot be upgraded. Run npm start -- --reset: it moves the database of the data directory aside, deletes nothing, and starts with an empty one. With PostgreSQL, use an empty database or schema.",
  database_outdated:
    "The database is older than what this server has seen: it is a backup, or a standby that lacks commits. Stop every server and run latchkey restore.",
  database_in_use: "A Latchkey server uses this database. Stop every server first.",
  connection_pooler:
    "DATABASE_URL leads to a connection pooler that shares sessions or drops their settings, such as PgBouncer. Connect to PostgreSQL directly.",
  no_platform: "This database contains no platform: no server has used it.",
  invalid_command: "The command is not valid. Run latchkey --help.",
  audit_unavailable: "The audit log cannot be read.",
  app_unavailable: "The platform did not respond with the credentials of the app.",
  program_not_started: "The program could not be started.",
  migration_changed: "A migration that was applied to this database has since been edited.",
  migration_failed: "A migration could not be applied; it was rolled back.",
  migration_blocked:
    "A migration waits for a lock that another session of the database holds; it was rolled back.",
  resource_invalid: "A resource is not defined as the platform needs it.",
  resource_collision: "Two APIs of this platform declare the same thing; rename one of them.",
  resource_not_loaded: "A module that LATCHKEY_RESOURCES names cannot be used.",
  migration_file_invalid: "The file of refresh tokens cannot be used.",
  migration_journal_unusable: "The journal beside the output cannot be used.",
  migration_output_unusable: "The output cannot be written.",
  migration_app_refused:
    "The platform refuses the app. Check APP_ID, APP_SECRET and LATCHKEY_URL, and that the app is marked as legacy.",
  migration_incomplete: "The legacy flow of the app is not ended, because rows are left.",
  migration_not_finished: "The platform did not clear the App URL and the redirect URLs.",
  wrong_encryption_key: "LATCHKEY_ENCRYPTION_KEY does not open this database.",
  sealed_value_damaged: "A sealed value cannot be opened: it was altered, or moved from another row.",
  invalid_configuration: "The configuration is not usable.",
  invalid_stub: "A stub cannot be used.",
  invalid_state: "The state cannot be imported.",
  database_not_empty:
    "A state is stored in an empty database only, and this one has data. Start without --state to go on with it, or with --reset to move it aside first.",
  state_not_exported: "The state was not exported.",
} as const;

/** A stable code of an operator error. */
export type OperatorErrorCode = keyof typeof operatorErrors;
