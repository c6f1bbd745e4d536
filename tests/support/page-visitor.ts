/** A page as a person without script sees it. */
export interface VisitedPage {
  readonly status: number;
  /** The address that the browser shows. */
  readonly url: string;
  readonly headers: Headers;
  readonly text: string;
  /** The main heading. */
  readonly title: string;
  /** Where the page would lead outside of the platform; undefined for a page of the platform. */
  readonly leftTo: URL | undefined;
  /** Method, target and fields of the form, ticked as the page shows it. */
  readonly form: { readonly method: string; readonly action: string; readonly fields: URLSearchParams };
}

const entities: Readonly<Record<string, string>> = {
  "&#38;": "&",
  "&#60;": "<",
  "&#62;": ">",
  "&#34;": '"',
  "&#39;": "'",
};

/** A browser without script: it keeps cookies, follows redirects within the platform, and sends forms. */
export class PageVisitor {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();
  /** Every address that was requested, in order. */
  readonly requested: string[] = [];

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Uses a cookie, as `name=value`. */
  setCookie(pair: string): void {
    const [name = "", value = ""] = pair.split(";", 1)[0]?.split(/=(.*)/s) ?? [];
    this.#cookies.set(name, value);
  }

  get cookies(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  open(address: string, headers: Readonly<Record<string, string>> = {}): Promise<VisitedPage> {
    return this.#request(new URL(address, this.#origin), { headers });
  }

  /**
   * Sends the form of a page.
   *
   * @param changes fields to replace; a list for several, empty for none
   * @param headers default: those of a browser on the page itself
   */
  send(
    { form: { action, fields, method } }: VisitedPage,
    changes: Readonly<Record<string, string | readonly string[]>> = {},
    headers: Readonly<Record<string, string>> = {
      "sec-fetch-site": "same-origin",
      "sec-fetch-dest": "document",
    },
  ): Promise<VisitedPage> {
    const sent = new URLSearchParams(fields);
    for (const [name, values] of Object.entries(changes)) {
      sent.delete(name);
      for (const value of [values].flat()) sent.append(name, value);
    }
    const target = new URL(action, this.#origin);
    if (method === "get") return this.open(`${target.pathname}?${sent}`);
    return this.#request(target, { method: "POST", body: sent, headers });
  }

  async #request(url: URL, init: RequestInit): Promise<VisitedPage> {
    this.requested.push(url.href);
    const headers = { ...(init.headers as Record<string, string>), cookie: this.cookies };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) this.setCookie(cookie);
    const location = response.headers.get("location");
    if (location === null) return await readPage(response, url.href);
    const next = new URL(location, url);
    await response.body?.cancel();
    if (next.origin !== this.#origin) {
      return { ...(await readPage(response, url.href)), leftTo: next };
    }
    return await this.#request(next, {});
  }
}

async function readPage(response: Response, url: string): Promise<VisitedPage> {
  const text = response.bodyUsed ? "" : await response.text();
  const [, attributes = "", content = ""] = /<form([^>]*)>(.*?)<\/form>/s.exec(text) ?? [];
  const fields = new URLSearchParams();
  for (const [, input = ""] of content.matchAll(/<input([^>]*)>/g)) {
    const type = attribute(input, "type");
    const isSent = (type !== "checkbox" && type !== "radio") || / checked/.test(input);
    if (isSent) fields.append(attribute(input, "name"), attribute(input, "value"));
  }
  return {
    status: response.status,
    url,
    headers: response.headers,
    text,
    title: decodeEntities(/<h1[^>]*>(.*?)<\/h1>/s.exec(text)?.[1] ?? ""),
    leftTo: undefined,
    form: { method: attribute(attributes, "method"), action: attribute(attributes, "action"), fields },
  };
}

function attribute(tag: string, name: string): string {
  return decodeEntities(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "");
}

function decodeEntities(text: string): string {
  return text.replaceAll(/&#\d+;/g, (entity) => entities[entity] ?? entity);
}
