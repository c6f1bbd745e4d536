/** Why a request got no response. */
export const outboundFailures = [
  "timeout",
  "address_refused",
  "dns",
  "connect",
  "tls",
  "reset",
  "invalid_response",
] as const;

export type OutboundFailure = (typeof outboundFailures)[number];

/** A failure that the platform detects itself. */
export class OutboundError extends Error {
  readonly failure: OutboundFailure;

  /** @param detail a description for people */
  constructor(failure: OutboundFailure, detail: string) {
    super(detail);
    this.failure = failure;
  }
}

/** Classifies an error of sockets, TLS or the HTTP parser, and describes it for people. */
export function describeFailure(error: unknown): { failure: OutboundFailure; detail: string } {
  if (error instanceof OutboundError) return { failure: error.failure, detail: error.message };
  if (error instanceof AggregateError && error.errors.length > 0) return describeFailure(error.errors[0]);
  const code = codeOf(error);
  const [failure, detail] = texts[code] ?? classes.find(([pattern]) => pattern.test(code))?.[1] ?? unknown;
  return { failure, detail: code === "" ? detail : `${detail} (${code})` };
}

type Text = readonly [OutboundFailure, string];

const unknown: Text = ["reset", "The connection broke"];
const texts: Readonly<Record<string, Text>> = {
  ECONNREFUSED: ["connect", "The connection was refused"],
  EHOSTUNREACH: ["connect", "The host cannot be reached"],
  ENETUNREACH: ["connect", "The network cannot be reached"],
  ETIMEDOUT: ["connect", "The host did not respond"],
  ECONNRESET: ["reset", "The endpoint closed the connection without a response"],
  EPIPE: ["reset", "The endpoint closed the connection without a response"],
  UND_ERR_SOCKET: ["reset", "The endpoint closed the connection without a response"],
  UND_ERR_HEADERS_OVERFLOW: ["invalid_response", "The headers of the response are too large"],
  ERR_TLS_CERT_ALTNAME_INVALID: ["tls", "The certificate is for another name"],
  CERT_HAS_EXPIRED: ["tls", "The certificate has expired"],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["tls", "The certificate is self-signed"],
  SELF_SIGNED_CERT_IN_CHAIN: ["tls", "The certificate is signed by an unknown authority"],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ["tls", "An intermediate certificate is missing from the chain"],
};
const classes: readonly (readonly [RegExp, Text])[] = [
  [/^(ERR_SSL|ERR_TLS|EPROTO|CERT_|UNABLE_TO_)/, ["tls", "The TLS handshake failed"]],
  [/^(HPE_|UND_ERR_|ERR_HTTP)/, ["invalid_response", "The response is not valid HTTP"]],
  [/^(ENOTFOUND|ENODATA|ESERVFAIL|EAI_|EREFUSED|ETIMEOUT)/, ["dns", "The name could not be resolved"]],
];

function codeOf(error: unknown): string {
  const { cause, code, name } = (error ?? {}) as { cause?: unknown; code?: unknown; name?: unknown };
  if (typeof code === "string") return code;
  if (name === "HTTPParserError") return "HPE_INVALID";
  return cause === undefined ? "" : codeOf(cause);
}
