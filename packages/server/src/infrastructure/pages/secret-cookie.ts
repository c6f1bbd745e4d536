import { HostCookie } from "./host-cookie.ts";

/** A cookie with a random secret. */
export class SecretCookie extends HostCookie {
  /** The secret of a request; undefined when it has none, or one that is not 256 bits in base64url. */
  override read(headers: Headers): string | undefined {
    const secret = super.read(headers);
    return secret !== undefined && /^[\w-]{43}$/.test(secret) ? secret : undefined;
  }
}
