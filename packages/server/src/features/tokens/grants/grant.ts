import type { Exchange } from "../../../infrastructure/http/index.ts";
import type { TokenParameters } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";

/** A request to the token endpoint. Its client is not authenticated yet. */
export interface GrantRequest {
  readonly parameters: TokenParameters;
  readonly headers: Headers;
  readonly exchange: Exchange;
}

/** The response of the token endpoint (RFC 6749 §5.1). */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: "Bearer";
  /** Seconds. */
  readonly expires_in: number;
  /** Present when the request has a scope. */
  readonly scope?: string;
}

/** A grant of an endpoint: an entry of the table in `grants.ts`, or in `legacy/legacy-grants.ts`. */
export type Grant<Response = TokenResponse> = (
  request: GrantRequest,
  deps: TokenDependencies,
) => Promise<Response>;
