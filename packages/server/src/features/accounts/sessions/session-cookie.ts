import { parse, serialize } from "hono/utils/cookie";
import { days, hours } from "../../../infrastructure/clock/index.ts";

/** Milliseconds without use after which a session ends. */
export const sessionIdle = hours(12);
/** Milliseconds after which a session ends. */
export const sessionLifetime = days(7);

/** The cookie of a session. Over plain http, which only loopback uses, it has another name and is not `Secure`. */
export class SessionCookie {
  readonly #secure: boolean;
  readonly #name: string;

  constructor(publicUrl: string) {
    this.#secure = publicUrl.startsWith("https:");
    this.#name = this.#secure ? "__Host-latchkey_session" : "latchkey_session";
  }

  /** The secret that a request has; undefined when it has none, or one of another form. */
  read(headers: Headers): string | undefined {
    const { [this.#name]: secret } = parse(headers.get("cookie") ?? "", this.#name);
    return secret !== undefined && /^[\w-]{43}$/.test(secret) ? secret : undefined;
  }

  /** The value of `Set-Cookie`. */
  write(secret: string): string {
    return this.#serialize(secret, sessionLifetime / 1_000);
  }

  /** The value of `Set-Cookie` that deletes the cookie. */
  clear(): string {
    return this.#serialize("", 0);
  }

  #serialize(value: string, maxAge: number): string {
    const options = { path: "/", httpOnly: true, sameSite: "Lax", maxAge } as const;
    return serialize(this.#name, value, { ...options, secure: this.#secure });
  }
}
