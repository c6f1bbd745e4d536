import { createHash } from "node:crypto";
import { Html, html } from "./html.ts";
import type { Language } from "./languages.ts";
import { stylesheet } from "./stylesheet.ts";

/** How the platform presents itself to people. */
export interface Branding {
  readonly name: string;
  /** An https URL, or an image as a `data:` URL. */
  readonly logo?: string | undefined;
}

export interface PageOptions {
  /** Of the document, and its main heading. */
  readonly title: string;
  readonly body: Html;
  readonly language: Language;
  /** Default: 200. */
  readonly status?: number;
  /** Origins of other sites to which the response to a form of the page may redirect. Default: none. */
  readonly formTargets?: readonly string[];
  /** A script, which may call this origin. Default: the page has none, and works without it. */
  readonly script?: string;
  /** Whether pages of any site may show this one in a frame: only for a text without data, links and forms. Default false. */
  readonly inFrames?: boolean;
}

/** Renders a page as a response. */
export type RenderPage = (options: PageOptions) => Response;

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const styleHash = hashOf(stylesheet);

/** Creates the function that renders every page for people: complete HTML without external files. */
export function createPage(branding: Branding): RenderPage {
  const header = html`<header>${logo(branding)}<span>${branding.name}</span></header>`;
  const images = branding.logo === undefined ? "'none'" : imageSource(branding.logo);
  return ({ body, formTargets = [], inFrames = false, language, script, status = 200, title }) => {
    const document = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · ${branding.name}</title>
<style>${new Html(stylesheet)}</style>
</head>
<body>
${header}
<main>
<h1>${title}</h1>
${body}
</main>
${script !== undefined && new Html(`<script>${script}</script>`)}
</body>
</html>
`;
    const headers = {
      ...privateHeaders,
      ...(inFrames ? {} : { "x-frame-options": "DENY" }),
      "content-security-policy": policy({ images, formTargets, inFrames, script }),
    };
    return new Response(document.text, { status, headers });
  };
}

/** A 303 response: the browser opens the address with GET, and neither caches it nor sends where it comes from. */
export function seeOther(location: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, {
    status: 303,
    headers: { location, "cache-control": "no-store", "referrer-policy": "no-referrer", ...headers },
  });
}

const privateHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

interface Policy {
  readonly images: string;
  readonly formTargets: readonly string[];
  readonly inFrames: boolean;
  readonly script: string | undefined;
}

/** Browsers apply `form-action` to the redirect after a POST too. */
function policy({ formTargets, images, inFrames, script }: Policy): string {
  return [
    "default-src 'none'",
    ...(script === undefined ? [] : [`script-src ${hashOf(script)}`, "connect-src 'self'"]),
    `style-src ${styleHash}`,
    `img-src ${images}`,
    "base-uri 'none'",
    `form-action ${["'self'", ...formTargets].join(" ")}`,
    `frame-ancestors ${inFrames ? "*" : "'none'"}`,
  ].join("; ");
}

/** The name is beside the logo, so the image has no text of its own. */
function logo({ logo: source }: Branding): Html | undefined {
  return source === undefined ? undefined : html`<img src="${source}" alt="">`;
}

function imageSource(logo: string): string {
  return logo.startsWith("data:") ? "data:" : new URL(logo).origin;
}
