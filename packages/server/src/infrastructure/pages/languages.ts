/** The languages of pages; the first one is the default. */
export const languages = ["en", "de"] as const;

export type Language = (typeof languages)[number];

/** The texts of pages in every language. */
export type Catalogue<Texts> = Readonly<Record<Language, Texts>>;

/**
 * Chooses the language of a page: that of the site if pages have it, else the one that the browser prefers, else English.
 *
 * @param siteLocale ISO 639-1
 */
export function chooseLanguage(request: Request, siteLocale?: string): Language {
  const wanted = [siteLocale, ...preferred(request.headers.get("accept-language") ?? "")];
  return wanted.flatMap((locale) => languages.find((language) => language === locale) ?? [])[0] ?? "en";
}

/** The primary subtags of `Accept-Language` (RFC 9110 §12.5.4), most preferred first. */
function preferred(header: string): string[] {
  return header
    .split(",", 20)
    .map((item) => {
      const [range = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith("q=")) ?? "q=1";
      return { language: range.split("-", 1)[0] ?? "", weight: Number(weight.slice(2)) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ language }) => language);
}
