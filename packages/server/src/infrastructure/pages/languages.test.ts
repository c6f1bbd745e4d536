import { expect, test } from "vitest";
import { chooseLanguage } from "./index.ts";

test.each([
  ["the site's", "de", "en", "de"],
  ["the browser's, when pages lack that of the site", "fr", "de-AT,de;q=0.9,en;q=0.8", "de"],
  ["the one with the highest weight", undefined, "en;q=0.5, de;q=0.9", "de"],
  ["not one with the weight 0", undefined, "de;q=0, en;q=0.1", "en"],
  ["the first of equal ones", undefined, "DE-de,en", "de"],
  ["English for a header that is not valid", undefined, "%%%,;q=1,*", "en"],
  ["the browser's, with spaces and other parameters", undefined, " de-CH ; x=1 ; q=0.2 , en;q=0.1", "de"],
  ["English for a weight that is no number", undefined, "de;q=1.2.3", "en"],
  ["English without a header", undefined, undefined, "en"],
] as const)("a page has a language: %s", (_, siteLocale, header, language) => {
  const headers = header === undefined ? {} : { "accept-language": header };
  expect(chooseLanguage(new Request("https://a.example", { headers }), siteLocale)).toBe(language);
});

// An expression that tries each end of the word again would need hours.
test("a page has a language for a header with a word of a million letters", () => {
  const headers = { "accept-language": `${"a".repeat(1_000_000)}!, de${" ".repeat(1_000_000)}` };
  expect(chooseLanguage(new Request("https://a.example", { headers }))).toBe("de");
});
