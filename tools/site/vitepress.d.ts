/** Builds the site from the pages in `.latchkey/site` into `dist`. */
export function buildSite(): Promise<void>;
