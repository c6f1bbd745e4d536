import { type Html, html, type Language } from "../../infrastructure/pages/index.ts";
import type { Account } from "../accounts/index.ts";
import { messages } from "./messages/index.ts";
import { hashOfTerms, type ScopeTerms, type Terms } from "./terms.ts";

interface ConsentPage {
  readonly terms: Terms;
  readonly language: Language;
  /** Who decides. Undefined for an install link, which needs no account. */
  readonly account?: Account | undefined;
  /** Path to which the form is sent. */
  readonly action: string;
  readonly formToken: string;
  /** Other fields of the form. */
  readonly fields?: Readonly<Record<string, string | undefined>>;
  /** Whether the terms have changed since the person saw them. */
  readonly changed?: boolean;
  /** `request`: the person asks an owner; `approve`: an owner decides on that. Default: the person installs the app. */
  readonly mode?: "install" | "request" | "approve";
}

/** The page on which a person approves an app for a site, or asks an owner to: its title and its content. */
export function consentPage(page: ConsentPage): { title: string; body: Html } {
  const {
    account,
    action,
    changed = false,
    fields = {},
    formToken,
    language,
    mode = "install",
    terms,
  } = page;
  const { app, scopes, site } = terms;
  const texts = messages[language];
  const words = texts.modes[mode];
  const required = scopes.filter(({ optional }) => !optional);
  const optional = scopes.filter((scope) => scope.optional);
  const choosable = mode !== "request";
  const body = html`
<p class="lead">${words.lead(app.name, site.name)}</p>
${changed && html`<p class="note" role="status">${texts.termsChanged}</p>`}
<dl class="facts"><dt>${texts.app}</dt><dd>${app.name}</dd><dt>${texts.site}</dt><dd>${site.name}</dd>${accountFact(account, language)}</dl>
<form method="post" action="${action}">
${hiddenFields({ ...fields, formToken, terms: hashOfTerms(terms) })}
${scopes.length === 0 && html`<p>${texts.noScopes}</p>`}
${required.length > 0 && html`<h2>${texts.required}</h2>${scopeList(required, { language })}`}
${
  optional.length > 0 &&
  html`<h2>${choosable ? texts.optional : texts.optionalOnly}</h2><p class="small">${choosable ? texts.optionalHint : texts.optionalForOwner}</p>${scopeList(
    optional,
    { language, choosable },
  )}`
}
<div class="actions">
<button name="decision" value="${mode === "request" ? "request" : "approve"}">${words.yes}</button>
<button class="second" name="decision" value="cancel">${words.no}</button>
</div>
</form>
${choosable && html`<p class="small">${texts.removable}</p>`}`;
  return { title: words.title(app.name, site.name), body };
}

/** The account that decides, in a list of facts. */
export function accountFact(account: Account | undefined, language: Language): Html | undefined {
  if (account === undefined) return undefined;
  const { email, name } = account;
  return html`<dt>${messages[language].account}</dt><dd>${email === null ? name : `${name} (${email})`}</dd>`;
}

/** Fields that a form sends without showing them. */
export function hiddenFields(fields: Readonly<Record<string, string | undefined>>): readonly Html[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [html`<input type="hidden" name="${name}" value="${value}">`],
  );
}

/** A required scope is a hidden field; an optional one that a person may choose is a checkbox. */
export function scopeList(
  scopes: readonly ScopeTerms[],
  {
    checked = true,
    choosable = false,
    language,
    tag,
  }: { language: Language; choosable?: boolean; checked?: boolean; tag?: string },
): Html {
  const head = ({ name, optional, scopeId }: ScopeTerms): Html => {
    if (!optional) return html`${hiddenFields({ scope: scopeId })}<strong>${name}</strong>`;
    if (!choosable) return html`<strong>${name}</strong>`;
    return html`<label class="choice"><input type="checkbox" name="scope" value="${scopeId}"${checked && html` checked`}>${name}</label>`;
  };
  const items = scopes.map(
    (scope) =>
      html`<li>${tag !== undefined && html`<span class="tag">${tag}</span> `}${head(scope)}${scopeDetails(scope, language)}</li>`,
  );
  return html`<ul class="list">${items}</ul>`;
}

/** The developer's reason, and the permissions that the scope bundles. */
function scopeDetails({ permissions, reason }: ScopeTerms, language: Language): Html {
  const texts = messages[language];
  return html`${reason !== null && html`<p class="small">${texts.reason(reason)}</p>`}${
    permissions.length > 0 &&
    html`<details><summary>${texts.permissions(permissions.length)}</summary><ul>${permissions.map(
      ({ description, permissionId }) => html`<li>${description} <code>${permissionId}</code></li>`,
    )}</ul></details>`
  }`;
}
