import { parse, serialize } from "hono/utils/cookie";

/**
 * A cookie of this origin only. Over plain http, which only loopback uses, it is not `Secure`, and its name ends with the port:
 * browsers send cookies to every port of a host, where the app under test may have its own.
 */
export class HostCookie {
  readonly #secure: boolean;
  readonly #name: string;
  readonly #lifetime: number;
  readonly #inFrames: boolean;

  /**
   * @param options.lifetime in milliseconds
   * @param options.inFrames whether pages have the cookie in a frame of another site too: there, each site has a cookie of
   * its own. It is always `Secure`, which browsers accept over http from loopback. Default false
   */
  constructor(publicUrl: string, options: { name: string; lifetime: number; inFrames?: boolean }) {
    const { inFrames = false, lifetime, name } = options;
    const { port, protocol } = new URL(publicUrl);
    this.#secure = protocol === "https:";
    this.#name = this.#secure ? `__Host-${name}` : `${name}_${port || 80}`;
    this.#lifetime = lifetime;
    this.#inFrames = inFrames;
  }

  /** The value in a request; undefined when it has none. */
  read(headers: Headers): string | undefined {
    return parse(headers.get("cookie") ?? "", this.#name)[this.#name];
  }

  /** The value of `Set-Cookie`. */
  write(value: string): string {
    return this.#serialize(value, this.#lifetime / 1_000);
  }

  /** The value of `Set-Cookie` that deletes the cookie. */
  clear(): string {
    return this.#serialize("", 0);
  }

  #serialize(value: string, maxAge: number): string {
    const options = { path: "/", httpOnly: true, maxAge } as const;
    if (!this.#inFrames) {
      return serialize(this.#name, value, { ...options, sameSite: "Lax", secure: this.#secure });
    }
    return serialize(this.#name, value, { ...options, sameSite: "None", secure: true, partitioned: true });
  }
}
