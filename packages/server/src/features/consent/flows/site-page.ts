import { ownerRole } from "../../../infrastructure/management/index.ts";
import { html, type Language, type PageOptions } from "../../../infrastructure/pages/index.ts";
import type { App } from "../../apps/index.ts";
import type { SiteOfAccount } from "../../sites/index.ts";
import { hiddenFields } from "../consent-page.ts";
import { messages } from "../messages/index.ts";
import type { Fields } from "./flow.ts";

/** The page on which a person chooses the site. Its form opens the same address with the site. */
export function sitePage(
  language: Language,
  {
    action,
    app,
    fields,
    sites,
  }: { action: string; app: App; fields: Fields; sites: readonly SiteOfAccount[] },
): PageOptions {
  const texts = messages[language];
  const choices = sites.map(
    ({ name, role, siteId }, index) =>
      html`<li><label class="choice"><input type="radio" name="siteId" value="${siteId}" required${
        index === 0 && html` checked`
      }>${name}</label>${role !== ownerRole && html`<p class="small">${texts.askHint}</p>`}</li>`,
  );
  return {
    language,
    title: texts.siteTitle(app.name),
    body: html`<form method="get" action="${action}">${hiddenFields(fields)}
<fieldset><legend class="lead">${texts.siteLead}</legend><ul class="list">${choices}</ul></fieldset>
<div class="actions"><button>${texts.continue}</button></div></form>`,
  };
}

/** The page for a person who belongs to no site. */
export function noSitePage(language: Language, app: App): PageOptions {
  const texts = messages[language];
  return { language, title: texts.siteTitle(app.name), body: html`<p>${texts.noSite}</p>` };
}
