import { parse, serialize } from "hono/utils/cookie";

/** A cookie with a random secret. Over plain http, which only loopback uses, it has another name and is not `Secure`. */
export class SecretCookie {
  readonly #secure: boolean;
  readonly #name: string;
  readonly #lifetime: number;

  /** @param options.lifetime in milliseconds */
  constructor(publicUrl: string, { lifetime, name }: { name: string; lifetime: number }) {
    this.#secure = publicUrl.startsWith("https:");
    this.#name = this.#secure ? `__Host-${name}` : name;
    this.#lifetime = lifetime;
  }

  /** The secret of a request; undefined when it has none, or one that is not 256 bits in base64url. */
  read(headers: Headers): string | undefined {
    const { [this.#name]: secret } = parse(headers.get("cookie") ?? "", this.#name);
    return secret !== undefined && /^[\w-]{43}$/.test(secret) ? secret : undefined;
  }

  /** The value of `Set-Cookie`. */
  write(secret: string): string {
    return this.#serialize(secret, this.#lifetime / 1_000);
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
