/** An attack that tests try. */
export interface AttackCase {
  readonly id: string;
  readonly tried: string;
  readonly happens: string;
}

/** An attack that there is nothing to try on, as far as the platform has come. */
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
  G: "Webhooks",
  H: "Management",
  I: "Availability and logs",
  J: "Races, crashes and lost databases",
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
    "the same answer after the same number of HMACs, queries and comparisons",
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
    "each works until it expires or is deleted; tokens live on",
  ],
  ["A17", "a secret marked as compromised", "401 at once, and every token minted with it is dead"],
  [
    "B1",
    "an instance of another app",
    "404 `invalid_grant`, the same as for an unknown one, after the same checks",
  ],
  ["B2", "an instance id that is missing, of another type, SQL, a path, or 10 kB", "400 `invalid_request`"],
  ["B3", "an instance id in upper case", "taken; the token carries it in lower case"],
  ["B4", "a removed instance", "404 `invalid_grant`; its tokens are dead"],
  [
    "B5",
    "a token from before a reinstallation",
    "dead for ever; the instance keeps its id and gets new tokens",
  ],
  [
    "B6",
    "a suspended instance, a disabled or deleted app, a deleted site",
    "no token, and those that are out are dead",
  ],
  ["B7", "a token of one site at an API, naming another site", "the answer is about the token's own site"],
  ["B8", "a token of a removed instance, on every node", "dead on all of them from the next request on"],
  [
    "B9",
    "a token whose owner took a permission back",
    "403 at once; a wider grant breaks no token and widens none",
  ],
  ["B11", "instance ids in a row", "404 for each, all the same; ids hold 122 random bits"],
  ["C1", "any method but POST", "405 with `Allow`"],
  ["C2", "another content type or charset", "415 `invalid_request`"],
  [
    "C3",
    "broken, deep or non-object JSON, `__proto__`, bytes that are no UTF-8",
    "400 `invalid_request`, and nothing is changed by it",
  ],
  [
    "C4",
    "grant types that are missing, unknown, or spelled another way",
    "400 `invalid_request` or `unsupported_grant_type`",
  ],
  ["C5", "unknown parameters", "ignored (RFC 6749 §3.2)"],
  ["C6", "a compressed body", "415, never unpacked"],
  [
    "C7",
    "bodies too long, too slow or of a false length; requests that two readers understand differently",
    "413, 408 or 400, and the connection is closed",
  ],
  ["C8", "a page of another origin", "no CORS header: it can read nothing"],
  [
    "C9",
    "a scope beyond the grant, empty, or not spelled as a scope",
    "400 `invalid_scope`; a narrower one is given and named",
  ],
  [
    "C10",
    "a resource that is unknown, with a fragment, or spelled another way; two of them",
    "400 `invalid_target`; 400 `invalid_request`",
  ],
  ["C11", "another life for the token", "4 hours, or what the app is set to"],
  ["C12", "a forged `Host` or `X-Forwarded-*`", "the issuer stays what it is; in development 421"],
  [
    "C13",
    "a look at the headers of answers",
    "`no-store`, `nosniff`, a request id of our own; no cookie, no server name",
  ],
  [
    "C14",
    "a change of the management API sent twice under one `Idempotency-Key`",
    "done once, answered twice the same",
  ],
  ["D1", "`alg: none` in any spelling, with or without a signature", "inactive; 401 at the API"],
  ["D2", "another payload or header under a genuine signature", "inactive; 401 at the API"],
  ["D3", "HS256 with the public key as its key, in many encodings", "inactive; 401 at the API"],
  ["D4", "a genuine ES256 signature whose header says otherwise", "inactive; 401 at the API"],
  ["D5", "a key or its address inside the token", "inactive, and nothing is fetched"],
  ["D6", "a `kid` that is a path, SQL, a URL, huge, missing, or no text", "inactive; 401 at the API"],
  ["D7", "`crit`, `b64`, `zip`, `cty`", "inactive; 401 at the API"],
  [
    "D8",
    "signatures of zeroes, in DER, padded, with blanks or spare bits; a mirrored one",
    "inactive; a mirrored one is the same token and is revoked with it",
  ],
  [
    "D9",
    "a genuine token without a claim, with one of another type, or one that lives too long",
    "inactive; 401 at the API",
  ],
  [
    "D10",
    "another audience, or a list with ours in it; a token for one API at another",
    "inactive; 401 at the API, the platform's own and those of others alike",
  ],
  ["D11", "another issuer, or ours with a slash behind", "inactive; 401 at the API"],
  [
    "D12",
    "what is signed for another purpose, another app or another generation; the parameter of a page",
    "inactive; 401 at the API",
  ],
  ["D13", "a token of a retired key, and of one that leaked", "active; inactive at once"],
  ["D14", "a token cut short, grown longer, or of five parts", "inactive; 401 at the API"],
  ["D15", "a look at the key set", "public members only, unique `kid`s, cache headers, `ETag`"],
  ["D16", "a change of keys, seen by a client that caches the key set as long as it may", "no failure"],
  ["D17", "thousands of tokens", "no `jti` and no ECDSA nonce twice"],
  [
    "D18",
    "a token at the second of its `exp`, and one dated ahead",
    "dead at that second; `iat` is not judged",
  ],
  [
    "E1",
    "asking without authentication",
    "token-info tells the holder whose token it is; introspection and revocation: 401",
  ],
  ["E2", "garbage, nothing, or a huge token", '200 `{"active":false}` and no more'],
  ["E3", "another app's token at introspection", '200 `{"active":false}`'],
  ["E4", "a revocation twice, and of an unknown token", "200 each time; inactive"],
  ["E5", "another app's token at revocation", "200; it stays alive"],
  ["E6", "several revocations in any order", "the strictest wins"],
  [
    "E7",
    "a revoked token that has hours to live",
    "dead in the next request, with what was exchanged for it; its siblings live",
  ],
  ["E8", "a revocation with a wrong hint, or of the token's other spelling", "revoked"],
  ["E9", "a revoked token at every API", "401 everywhere"],
  [
    "E10",
    "a token in the URL, in the body, twice, or behind other separators",
    "401; `bearer` in any case and the bare token are taken",
  ],
  [
    "E11",
    "a look at the types in the answers",
    "a boolean and whole numbers; token-info writes seconds as text",
  ],
  ["G1", "a webhook's address with another scheme than https", "400 with a violation, and never called"],
  ["G2", "every way to write the address of this machine", "the same"],
  ["G3", "private, link-local and metadata addresses", "the same"],
  [
    "G4",
    "a public name that leads to a private address",
    "400 when it is saved, a failure when it is called",
  ],
  ["G5", "a name that changes its address between check and call", "what was checked is what is called"],
  ["G6", "a redirect, to a private address too", "not followed; a failure"],
  ["G7", "credentials, ports of other services and line breaks in an address", "400 with a violation"],
  [
    "G8",
    "an endpoint that never answers, trickles, floods, resets or breaks TLS",
    "bounded time and memory; tried again; others are not slower",
  ],
  ["G9", "what an endpoint sees", "nothing of the inside; another jti on each attempt, the same event id"],
  [
    "G10",
    "webhooks altered, ended, for another app, of another kind or unsigned, at the SDK",
    "invalid_delivery",
  ],
  ["G11", "kill -9 again and again while events are delivered", "every event reaches every subscriber"],
  [
    "G12",
    "parameters of pages altered, swapped, ended, of another app, in another alphabet, with a tag in them",
    "refused with a reason, in constant time",
  ],
  [
    "G13",
    "a signing secret that is rotated",
    "both sign for a day, the new one alone after it; kid in the JWT",
  ],
  ["H1", "another app's ids in every operation, with a key of one app", "as if there were none"],
  ["H2", "every answer of every operation, searched for secrets", "none, but in the answer that creates one"],
  ["H3", "fields that only the platform sets, or nobody", "400 with a violation"],
  ["H6", "cursors forged, cut short or of another list; odd limits", "400"],
  ["H7", "SQL, patterns and more in filters than anybody needs", "finds nothing but itself, or 400"],
  [
    "H8",
    "the management API and the metrics without a key",
    "401, the same for each reason; metrics are open to the machine itself",
  ],
  ["H9", "an app that asks for more than it did", "instances keep what their owners approved"],
  [
    "I3",
    "a full disk",
    "503 with `Retry-After` for what must be stored, nothing half done, recovers by itself",
  ],
  ["I4", "line breaks and control characters in what is logged", "one line of JSON for each entry"],
  [
    "I8",
    "secrets and tokens through every flow and failure, all logged",
    "none in a log, an answer or a file",
  ],
  ["J4", "a removal amid token requests", "no token from before its answer is alive after it"],
  ["J5", "a secret marked or deleted amid token requests", "as J4; none is given after the answer"],
  [
    "J7",
    "storage that fails at the first, second, … step",
    "503; no answer says done without its effect, no effect without its notes",
  ],
  ["J8", "a clock set back, or ahead and back", "no dead token comes back, and minting goes on"],
  ["J9", "a database that is gone", "503 with `Retry-After`, never a wrong answer; goes on by itself"],
];

const assertions = "Apps authenticate with secrets only; `private_key_jwt` is not offered.";

const open: readonly Row[] = [
  ["A12", "assertions with a wrong audience or time", assertions],
  ["A13", "an assertion sent twice", assertions],
  ["A14", "an assertion signed with another key", assertions],
  ["A15", "a secret where an assertion is asked for", assertions],
  [
    "A18",
    "10,000 wrong secrets for one app",
    "Only calls of APIs can be limited. A secret holds 256 random bits.",
  ],
  ["B10", "an instance that changes hands", "Nothing changes the owner of an instance."],
];

/** The cases of groups A to E, and those of other groups that something here answers to. */
export const attackCases: readonly AttackCase[] = tried.map(([id, what, happens]) => ({
  id,
  tried: what,
  happens,
}));

/** The cases of groups A to E that do not apply, or not yet. */
export const openCases: readonly OpenCase[] = open.map(([id, what, why]) => ({ id, tried: what, why }));
