import type { Extension } from "./queries.ts";

/** The kinds of extensions: label and explanation by name in the API. */
export const kinds = {
  IFRAME_PAGE: { label: "Page in a frame", note: "The dashboard of the site shows it inside a frame." },
  EXTERNAL_PAGE: { label: "External page", note: "It opens in a tab of its own." },
  SERVICE_PLUGIN: {
    label: "Service plugin",
    note: "The platform calls it and waits for its response. The paths of its methods are appended to the base URI.",
  },
} as const satisfies Record<Extension["kind"], { label: string; note: string }>;

/** What an extension is called: its kind, or the type of a service plugin. */
export function titleOf({ componentType, kind }: Extension): string {
  return componentType ?? kinds[kind].label;
}

/** The URL of a page, or the base URI of a service plugin. */
export function urlOf({ baseUri, url }: Extension): string {
  return url ?? baseUri ?? "";
}
