import type { Identity, ServicePluginMetadata } from "@latchkey/protocol";
import { createCache } from "../../infrastructure/cache/index.ts";
import type { CalledSite } from "./targets.queries.ts";

/** Metadata that the caller may pass; defaults come from the site. */
export interface MetadataInput {
  readonly requestId?: string | undefined;
  readonly identity?: Identity | undefined;
  readonly currency?: string | undefined;
  readonly languages?: readonly string[] | undefined;
}

/** Metadata that is the same for every app that is called. */
export type SharedMetadata = Omit<ServicePluginMetadata, "instanceId">;

export function completeMetadata(
  input: MetadataInput,
  from: { site: CalledSite; componentType: string; newRequestId: () => string },
): SharedMetadata {
  return {
    requestId: input.requestId ?? from.newRequestId(),
    identity: input.identity ?? { identityType: "UNKNOWN" },
    currency: input.currency ?? from.site.currency,
    languages: input.languages ?? [languageOf(from.site.locale)],
    appExtensionType: from.componentType,
  };
}

const languages = createCache<string, string>({ maxEntries: 1_000 });

/** Adds the most likely region: `en` becomes `en-US`. */
function languageOf(locale: string): string {
  return languages.getOrCreate(locale, () => {
    const { language, region } = new Intl.Locale(locale).maximize();
    return `${language}-${region}`;
  });
}
