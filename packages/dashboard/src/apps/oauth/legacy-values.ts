import type { App } from "../../api/changes.ts";
import { Problem } from "../../api/problem.ts";

/** What a person types. */
export interface LegacyValues {
  readonly appUrl: string;
  /** One on each line. */
  readonly redirectUrls: string;
}

/** What the form shows for the addresses of an app. */
export function toValues(legacy: App["legacy"]): LegacyValues {
  return { appUrl: legacy?.appUrl ?? "", redirectUrls: legacy?.redirectUrls.join("\n") ?? "" };
}

/** The addresses that a person typed; null when nothing is typed. */
export function toLegacy({ appUrl, redirectUrls }: LegacyValues): App["legacy"] {
  const urls = redirectUrls.split("\n").flatMap((line) => line.trim() || []);
  return appUrl.trim() === "" && urls.length === 0 ? null : { appUrl: appUrl.trim(), redirectUrls: urls };
}

/** The texts of an error of the API at the fields of the form, with the number of the line. */
export function atFields(error: unknown): Record<string, string> {
  if (!(error instanceof Problem)) return {};
  const entries = Object.entries(error.fields).map(([field, text]) => {
    const [, name = "", line] = /^legacy\.(\w+)(?:\[(\d+)\])?/.exec(field) ?? [];
    return [name, line === undefined ? text : `Line ${Number(line) + 1} ${text}`];
  });
  return Object.fromEntries(entries);
}
