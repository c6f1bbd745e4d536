/** Why a request got no answer. */
export type OutboundFailure =
  | "timeout"
  | "address_refused"
  | "dns"
  | "connect"
  | "tls"
  | "reset"
  | "bad_answer";

/** A failure that is known where it happens. */
export class OutboundError extends Error {
  readonly failure: OutboundFailure;

  /** @param detail for people */
  constructor(failure: OutboundFailure, detail: string) {
    super(detail);
    this.failure = failure;
  }
}

/** What an error of sockets, TLS or the HTTP parser comes to, and what people are told. */
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
  ECONNREFUSED: ["connect", "Nothing listens there"],
  EHOSTUNREACH: ["connect", "The host cannot be reached"],
  ENETUNREACH: ["connect", "The network cannot be reached"],
  ETIMEDOUT: ["connect", "The host did not answer"],
  ECONNRESET: ["reset", "The endpoint closed the connection without an answer"],
  EPIPE: ["reset", "The endpoint closed the connection without an answer"],
  UND_ERR_SOCKET: ["reset", "The endpoint closed the connection without an answer"],
  UND_ERR_HEADERS_OVERFLOW: ["bad_answer", "The headers of the answer are too large"],
  ERR_TLS_CERT_ALTNAME_INVALID: ["tls", "The certificate is for another name"],
  CERT_HAS_EXPIRED: ["tls", "The certificate has expired"],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["tls", "The certificate is signed by itself"],
  SELF_SIGNED_CERT_IN_CHAIN: ["tls", "The certificate is signed by an authority that nobody knows"],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ["tls", "The certificate of an authority is missing from the chain"],
};
const classes: readonly (readonly [RegExp, Text])[] = [
  [/^(ERR_SSL|ERR_TLS|EPROTO|CERT_|UNABLE_TO_)/, ["tls", "TLS could not be agreed on"]],
  [/^(HPE_|UND_ERR_|ERR_HTTP)/, ["bad_answer", "The answer is not valid HTTP"]],
  [/^(ENOTFOUND|ENODATA|ESERVFAIL|EAI_|EREFUSED|ETIMEOUT)/, ["dns", "The name could not be resolved"]],
];

function codeOf(error: unknown): string {
  const { cause, code, name } = (error ?? {}) as { cause?: unknown; code?: unknown; name?: unknown };
  if (typeof code === "string") return code;
  if (name === "HTTPParserError") return "HPE_INVALID";
  return cause === undefined ? "" : codeOf(cause);
}
