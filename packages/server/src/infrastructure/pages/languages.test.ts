import { expect, test } from "vitest";
import { chooseLanguage } from "./index.ts";

test.each([
  ["the site's", "de", "en", "de"],
  ["the browser's, when pages lack that of the site", "fr", "de-AT,de;q=0.9,en;q=0.8", "de"],
  ["the one with the highest weight", undefined, "en;q=0.5, de;q=0.9", "de"],
  ["not one with the weight 0", undefined, "de;q=0, en;q=0.1", "en"],
  ["the first of equal ones", undefined, "DE-de,en", "de"],
  ["English for a header that is not valid", undefined, "%%%,;q=1,*", "en"],
  ["English without a header", undefined, undefined, "en"],
] as const)("a page has a language: %s", (_, siteLocale, header, language) => {
  const headers = header === undefined ? {} : { "accept-language": header };
  expect(chooseLanguage(new Request("https://a.example", { headers }), siteLocale)).toBe(language);
});
