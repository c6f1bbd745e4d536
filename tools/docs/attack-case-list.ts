/** An attack that tests try. */
export interface AttackCase {
  readonly id: string;
  readonly tried: string;
  readonly happens: string;
}

/** An attack on something that the platform does not have. */
export interface OpenCase {
  readonly id: string;
  readonly tried: string;
  readonly why: string;
}

/** What the letters of the cases stand for. */
export const groups: Readonly<Record<string, string>> = {
  A: "Authentication of apps",
  B: "What binds a token to an instance",
  C: "The token endpoint over HTTP",
  D: "Tokens and the keys that sign them",
  E: "Asking about tokens, and ending them",
  F: "Codes and refresh tokens",
  G: "Webhooks",
  H: "Management",
  I: "Availability and logs",
  J: "Races, crashes and lost databases",
  K: "Cost and fairness: what one app can do to others",
};

type Row = readonly [id: string, tried: string, outcome: string];

const tried: readonly Row[] = [
  ["A1", "the right app id and secret as JSON", "200 with a token for 4 hours, and no refresh token"],
  ["A2", "the same as a form, or in camelCase", "the same token"],
  [
    "A3",
    "HTTP Basic, escaped in every way, unreadable, or another scheme",
    "read as RFC 6749 §2.3.1 has it; else 401 `invalid_client` with `WWW-Authenticate`",
  ],
  ["A4", "a secret in the header and in the body", "400 `invalid_request`"],
  ["A5", "a header and a body that name different apps", "400 `invalid_request`"],
  [
    "A6",
    "a secret that is nearly right, empty, of another type, or huge",
    "401 `invalid_client`; 400 for what is no text; 413 above 64 KiB",
  ],
  [
    "A7",
    "an unknown app beside a wrong secret",
    "the same response after the same number of HMACs, queries and comparisons",
  ],
  [
    "A8",
    "secrets that begin like the real one",
    "the same checks however much is right: digests are compared, in constant time",
  ],
  ["A9", "a secret or a token in the URL", "400 `invalid_request`, and advice to replace the secret"],
  ["A10", "an app id in another case, with blanks, NUL or look-alike characters", "401 `invalid_client`"],
  ["A11", "a parameter that comes twice, escaped or in its other spelling too", "400 `invalid_request`"],
  [
    "A16",
    "several secrets, expired and deleted ones among them",
    "each works until it expires or is deleted; its tokens stay valid",
  ],
  [
    "A17",
    "a secret marked as compromised",
    "401 at once, and every token that was requested with it is invalid",
  ],
  [
    "B1",
    "an instance of another app",
    "404 `invalid_grant`, the same as for an unknown one, after the same checks",
  ],
  ["B2", "an instance id that is missing, of another type, SQL, a path, or 10 kB", "400 `invalid_request`"],
  ["B3", "an instance id in upper case", "accepted; the token contains it in lower case"],
  ["B4", "a removed instance", "404 `invalid_grant`; its tokens are invalid"],
  ["B5", "a token from before a reinstall", "stays invalid; the instance keeps its id and gets new tokens"],
  [
    "B6",
    "a suspended instance, a disabled or deleted app, a deleted site",
    "no token, and existing tokens are invalid",
  ],
  ["B7", "a token of one site at an API, naming another site", "the response is about the token's own site"],
  ["B8", "a token of a removed instance, on every node", "invalid on all of them from the next request on"],
  [
    "B9",
    "a token after the owner removed a permission",
    "403 at once; a wider grant changes no existing token",
  ],
  ["B11", "instance ids in a row", "the same 404 for each; ids have 122 random bits"],
  ["C1", "any method but POST", "405 with `Allow`"],
  ["C2", "another content type or charset", "415 `invalid_request`"],
  [
    "C3",
    "malformed, deep or non-object JSON, `__proto__`, bytes that are not UTF-8",
    "400 `invalid_request`; nothing changes",
  ],
  [
    "C4",
    "grant types that are missing, unknown, or spelled another way",
    "400 `invalid_request` or `unsupported_grant_type`",
  ],
  ["C5", "unknown parameters", "ignored (RFC 6749 §3.2)"],
  ["C6", "a compressed body", "415; it is not decompressed"],
  [
    "C7",
    "bodies that are too long, too slow or of a wrong length; requests that two readers understand differently",
    "413, 408 or 400, and the connection is closed",
  ],
  ["C8", "a page of another origin", "no CORS header: it cannot read the response"],
  [
    "C9",
    "a scope beyond the grant, empty, or malformed",
    "400 `invalid_scope`; a narrower scope is granted and returned",
  ],
  [
    "C10",
    "a resource that is unknown, with a fragment, or spelled another way; two of them",
    "400 `invalid_target`; 400 `invalid_request`",
  ],
  ["C11", "another lifetime for the token", "4 hours, or the setting of the app"],
  ["C12", "a forged `Host` or `X-Forwarded-*`", "the issuer does not change; in development 421"],
  ["C13", "response headers", "`no-store`, `nosniff`, a new request id; no cookie, no server name"],
  [
    "C14",
    "the same management API request sent twice with one `Idempotency-Key`",
    "done once, the same response twice",
  ],
  ["D1", "`alg: none` in any spelling, with or without a signature", "inactive; 401 at the API"],
  ["D2", "another payload or header under a valid signature", "inactive; 401 at the API"],
  ["D3", "HS256 with the public key as its key, in many encodings", "inactive; 401 at the API"],
  ["D4", "a valid ES256 signature with another `alg` in the header", "inactive; 401 at the API"],
  ["D5", "a key or its URL inside the token", "inactive, and nothing is fetched"],
  ["D6", "a `kid` that is a path, SQL, a URL, huge, missing, or not text", "inactive; 401 at the API"],
  ["D7", "`crit`, `b64`, `zip`, `cty`", "inactive; 401 at the API"],
  [
    "D8",
    "signatures of zeroes, in DER, padded, with blanks or spare bits; a mirrored one",
    "inactive; a mirrored one is the same token and is revoked with it",
  ],
  [
    "D9",
    "a correctly signed token without a claim, with a claim of another type, or with too long a lifetime",
    "inactive; 401 at the API",
  ],
  [
    "D10",
    "another audience, or a list that contains the right one; a token for one API at another",
    "inactive; 401 at every API",
  ],
  ["D11", "another issuer, or the right one with a slash at the end", "inactive; 401 at the API"],
  [
    "D12",
    "a JWT for another purpose, another app or another generation; the parameter of a page",
    "inactive; 401 at the API",
  ],
  ["D13", "a token of a retired key, and of a leaked one", "active; inactive at once"],
  ["D14", "a token that is truncated, extended, or has five parts", "inactive; 401 at the API"],
  ["D15", "the key set", "public members only, unique `kid`s, cache headers, `ETag`"],
  ["D16", "a key rotation, with a client that caches the key set as long as allowed", "no token is refused"],
  ["D17", "thousands of tokens", "every `jti` and every ECDSA nonce is unique"],
  [
    "D18",
    "a token at the second of its `exp`, and one with `iat` in the future",
    "invalid at that second; `iat` is not checked",
  ],
  [
    "E1",
    "requests without authentication",
    "token-info tells the holder whose token it is; introspection and revocation: 401",
  ],
  ["E2", "a malformed, an empty or a huge token", '200 `{"active":false}` and no more'],
  ["E3", "another app's token at introspection", '200 `{"active":false}`'],
  ["E4", "a revocation twice, and of an unknown token", "200 each time; inactive"],
  ["E5", "another app's token at revocation", "200; it stays valid"],
  ["E6", "several kinds of revocation in any order", "the widest one applies"],
  [
    "E7",
    "a revoked token, hours before its `exp`",
    "invalid with the next request, and so are tokens that were exchanged for it; other tokens stay valid",
  ],
  ["E8", "a revocation with a wrong hint, or of the token in its other format", "revoked"],
  ["E9", "a revoked token at every API", "401 everywhere"],
  [
    "E10",
    "a token in the URL, in the body, twice, or after other separators",
    "401; `bearer` in any case and the token alone are accepted",
  ],
  ["E11", "types in responses", "a boolean and whole numbers; token-info has seconds as text"],
  ["F1", "a consent page for an unknown app, or one without this flow", "an error page, and no redirect"],
  [
    "F2",
    "redirects to other hosts, ports, paths, schemes, cases and queries, with fragments or user names",
    "an error page, and no redirect",
  ],
  [
    "F3",
    "a state of 10 kB, with line breaks, HTML or parameters",
    "returned as it was; nothing else changes",
  ],
  ["F4", "a code that another app presents", "400 `invalid_grant`, and the code is used up"],
  [
    "F5",
    "a code that is used twice",
    "400 `invalid_grant`; its refresh token is deleted and every token of the instance is invalid",
  ],
  ["F6", "a code with a challenge, and no, a wrong or a malformed verifier", "400 `invalid_grant`"],
  ["F7", "a verifier for a code without a challenge", "400 `invalid_grant`"],
  ["F8", "a code after its lifetime of 10 minutes", "400 `invalid_grant`"],
  ["F9", "a refresh token of another app", "400 `invalid_grant`; it stays valid for its own app"],
  ["F11", "a refresh with scopes beyond the grant", "400 `invalid_scope`"],
  ["F12", "a code or a refresh token after removal, suspension or a reinstall", "400 `invalid_grant`"],
  [
    "F13",
    "an install token or link that is used twice, at once or by another account; a form of another session",
    "one use counts; the others are refused with the reason",
  ],
  ["F14", "a consent page in a frame", "not shown; its form installs nothing"],
  ["G1", "a webhook's address with another scheme than https", "400 with a violation; it is never called"],
  ["G2", "every way to write the address of this machine", "the same"],
  ["G3", "private, link-local and metadata addresses", "the same"],
  [
    "G4",
    "a public name that resolves to a private address",
    "400 when it is saved, a failure when it is called",
  ],
  ["G5", "a name that changes its address between check and call", "the checked address is called"],
  ["G6", "a redirect, to a private address too", "not followed; a failure"],
  ["G7", "credentials, ports of other services and line breaks in an address", "400 with a violation"],
  [
    "G8",
    "an endpoint that never responds, sends very slowly or endlessly, resets or breaks TLS",
    "bounded time and memory; retried; another endpoint is not slower",
  ],
  [
    "G9",
    "the request that an endpoint gets",
    "no internal data; another `jti` for each attempt, the same event id",
  ],
  [
    "G10",
    "webhooks that are altered, expired, for another app, of another kind or unsigned, at the SDK",
    "`invalid_delivery`",
  ],
  ["G11", "`kill -9` repeatedly while events are delivered", "every event reaches every subscriber"],
  [
    "G12",
    "parameters of pages that are altered, swapped, expired, of another app, in another alphabet, or contain HTML",
    "refused with a reason, in constant time",
  ],
  [
    "G13",
    "a signing secret that is rotated",
    "both sign for a day, then only the new one; the JWT has a `kid`",
  ],
  [
    "H1",
    "another app's ids in every operation, with a key of one app",
    "the same response as for unknown ids",
  ],
  [
    "H2",
    "every response of every operation, searched for secrets",
    "none, except in the response that creates one",
  ],
  ["H3", "fields that only the platform sets, or unknown fields", "400 with a violation"],
  ["H4", "names that are HTML or script, on pages", "shown as text; the policy of the page allows no script"],
  [
    "H5",
    "a form or a change that another site sends, or another session, or a second time",
    "403, and nothing changes",
  ],
  ["H6", "cursors that are forged, truncated or of another list; invalid limits", "400"],
  ["H7", "SQL, patterns and too many conditions in filters", "matches only the same text, or 400"],
  [
    "H8",
    "the management API and the metrics without a key",
    "401, the same for each reason; metrics need no key from loopback",
  ],
  ["H9", "an app that requests more scopes than before", "instances keep the approved grant"],
  ["I3", "a full disk", "503 with `Retry-After` for writes, no partial writes, recovers by itself"],
  ["I4", "line breaks and control characters in logged values", "one line of JSON for each entry"],
  [
    "I8",
    "secrets and tokens in every flow and failure, with full logging",
    "none in a log, a response or a file",
  ],
  [
    "J1",
    "one refresh token 100 times at once, on two nodes",
    "every request gets an access token and the same refresh token",
  ],
  ["J2", "one code 100 times at once, on two nodes", "one gets tokens; the others revoke them, once"],
  ["J4", "a removal during token requests", "no token from before its response is valid after it"],
  [
    "J5",
    "a secret that is marked or deleted during token requests",
    "as J4; no token is issued after the response",
  ],
  [
    "J7",
    "storage that fails at the first, second, … step",
    "503; every change that is reported as done is stored, with its events and audit entries",
  ],
  [
    "J8",
    "a clock set back, or ahead and back",
    "no revoked token becomes valid, and tokens are still issued",
  ],
  ["J9", "a database that is down", "503 with `Retry-After`, never a wrong response; recovers by itself"],
  [
    "K1",
    "large responses that the client does not read, and lists of large items",
    "lists are limited in bytes, unread responses in bytes for each address and in all; slow readers are disconnected",
  ],
  [
    "K2",
    "one call that changes many large products",
    "transactions of at most 1 MiB of stored products, and a turn for others after each product",
  ],
  [
    "K3",
    "expensive searches of two apps at once",
    "a search ends after 5 seconds; a third app gets a slot at once",
  ],
  [
    "K4",
    "a JSON Schema or pattern that takes exponential time",
    "checked in a thread and stopped; only this call fails, with `SCHEMA_TOO_EXPENSIVE`",
  ],
  [
    "K5",
    "text that PostgreSQL cannot store, in the response of an app",
    "stored without it; one refused row costs one row",
  ],
  ["K6", "a body of 300 MB to an app that uses the SDK", "413 after 1 MiB"],
  [
    "K7",
    "slow webhooks, many webhooks of one app, many apps at one host, and events that fill the disk",
    "slots are shared by app and by host; the bytes and pending deliveries of an app have a quota",
  ],
  [
    "K8",
    "many new apps at once",
    "their key pairs are generated one or two at a time, the rest waits in a limited queue",
  ],
  [
    "K9",
    "forged and expired tokens at an API that checks online",
    "refused by the SDK without a request to the platform",
  ],
  ["K10", "10,000 events of one site", "sites take turns, so events of other sites go out meanwhile"],
  [
    "K11",
    "K1 to K8 at once, with forged tokens and wrong secrets",
    "no request of another app fails, nothing is lost, and the server stays under 768 MiB",
  ],
];

const assertions = "Apps authenticate with secrets only; `private_key_jwt` is not offered.";

const open: readonly Row[] = [
  ["A12", "assertions with a wrong audience or time", assertions],
  ["A13", "an assertion sent twice", assertions],
  ["A14", "an assertion signed with another key", assertions],
  ["A15", "a secret where an assertion is required", assertions],
  ["A18", "10,000 wrong secrets for one app", "Only API calls can be limited. A secret has 256 random bits."],
  [
    "F10",
    "a refresh token that was replaced",
    "Refresh tokens are not replaced: clients of the wire protocol use one token many times at once.",
  ],
  ["B10", "an instance that gets another owner", "The owner of an instance cannot change."],
];

/** The cases that have tests. */
/** Cases of group K, by the label that the names of their tests begin with. */
export const casesByLabel: Readonly<Record<string, string>> = {
  "FR-A1": "K1",
  "FR-A2": "K2",
  "FR-A3": "K3",
  "FR-A4": "K4",
  "FR-A5": "K5",
  "FR-A6": "K6",
  "FR-A8": "K7",
  "FR-A9": "K8",
  "FR-A10": "K9",
  "FR-B3": "K10",
};

export const attackCases: readonly AttackCase[] = tried.map(([id, what, happens]) => ({
  id,
  tried: what,
  happens,
}));

/** The cases that do not apply, or not yet. */
export const openCases: readonly OpenCase[] = open.map(([id, what, why]) => ({ id, tried: what, why }));
