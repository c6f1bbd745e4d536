/** Where a browser has arrived. */
export interface Arrival {
  readonly url: string;
  readonly response: Response;
}

/** Browsers drop a longer cookie (RFC 6265 §6.1). */
const maxCookie = 4_096;

/** A browser without script: it follows redirects and keeps cookies. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Opens a page and follows redirects, but not to an address that begins with `stopAt`. */
  async open(url: string, stopAt?: string): Promise<Arrival> {
    const headers = { cookie: this.cookie };
    const response = await fetch(url, { redirect: "manual", headers });
    for (const set of response.headers.getSetCookie()) this.#keep(set);
    const location = response.headers.get("location");
    if (location === null) return { url, response };
    const next = new URL(location, url).href;
    return stopAt !== undefined && next.startsWith(stopAt)
      ? { url: next, response }
      : await this.open(next, stopAt);
  }

  #keep(set: string): void {
    const [pair = ""] = set.split(";");
    const [name = "", value = ""] = pair.split("=");
    if (pair.length > maxCookie) return;
    if (value === "" || /expires=Thu, 01 Jan 1970/i.test(set)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
