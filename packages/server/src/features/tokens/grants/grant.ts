import type { Exchange } from "../../../infrastructure/http/index.ts";
import type { TokenParameters } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";

/** A request to the token endpoint, read but not yet believed. */
export interface GrantRequest {
  readonly parameters: TokenParameters;
  readonly headers: Headers;
  readonly exchange: Exchange;
}

/** The answer of the token endpoint (RFC 6749 §5.1). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: "Bearer";
  /** Seconds. */
  readonly expires_in: number;
  /** Present when a scope was asked for. */
  readonly scope?: string;
}

/** One way to get a token: an entry of the table in `grants.ts`. */
export interface Grant {
  readonly type: string;
  handle(request: GrantRequest, deps: TokenDependencies): Promise<TokenAnswer>;
}
