import type { Identity, ServicePluginMetadata } from "@latchkey/protocol";
import { createMemo } from "../../infrastructure/cache/index.ts";
import type { CalledSite } from "./targets.queries.ts";

/** What a caller says of a call; the rest comes from the site. */
export interface GivenMetadata {
  readonly requestId?: string | undefined;
  readonly identity?: Identity | undefined;
  readonly currency?: string | undefined;
  readonly languages?: readonly string[] | undefined;
}

/** What every app that is called is told alike. */
export type SharedMetadata = Omit<ServicePluginMetadata, "instanceId">;

export function completeMetadata(
  given: GivenMetadata,
  from: { site: CalledSite; componentType: string; newRequestId: () => string },
): SharedMetadata {
  return {
    requestId: given.requestId ?? from.newRequestId(),
    identity: given.identity ?? { identityType: "UNKNOWN" },
    currency: given.currency ?? from.site.currency,
    languages: given.languages ?? [languageOf(from.site.locale)],
    appExtensionType: from.componentType,
  };
}

const languages = createMemo<string, string>(1_000);

/** With the country where most people speak it: `en` becomes `en-US`. */
function languageOf(locale: string): string {
  return languages(locale, () => {
    const { language, region } = new Intl.Locale(locale).maximize();
    return `${language}-${region}`;
  });
}
