import { type Html, html, type Language } from "../../../infrastructure/pages/index.ts";
import type { Account } from "../../accounts/index.ts";
import { type Instance, scopeChange } from "../../instances/index.ts";
import { accountFact, hiddenFields, scopeList } from "../consent-page.ts";
import { messages } from "../messages/index.ts";
import { hashOfTerms, type ScopeTerms, type Terms } from "../terms.ts";

interface ApprovalPage {
  readonly terms: Terms;
  readonly instance: Instance;
  readonly account: Account;
  readonly language: Language;
  /** Path to which the form is sent. */
  readonly action: string;
  readonly formToken: string;
  readonly note: "saved" | "changed" | undefined;
  /** The names of scopes that the instance has and the app no longer requests. */
  readonly dropped: readonly string[];
}

/** The page with the scopes of an instance: added, kept, declined and dropped ones. */
export function approvalPage(page: ApprovalPage): { title: string; body: Html } {
  const { account, action, dropped, formToken, instance, language, note, terms } = page;
  const { app, scopes, site } = terms;
  const texts = messages[language];
  const { added, kept } = scopeChange(scopes, instance);
  const of = (ids: readonly { scopeId: string }[]): ScopeTerms[] =>
    scopes.filter(({ scopeId }) => ids.some((one) => one.scopeId === scopeId));
  const declined = scopes.filter(
    ({ scopeId }) => ![...kept, ...added].some((one) => one.scopeId === scopeId),
  );
  const isPending = added.length + dropped.length > 0;
  const granted = kept.filter(({ optional }) => optional);
  const section = (
    title: string,
    list: readonly ScopeTerms[],
    options: { tag?: string; checked?: boolean },
  ) =>
    list.length > 0 && html`<h2>${title}</h2>${scopeList(list, { language, choosable: true, ...options })}`;
  const body = html`
<p class="lead">${(isPending ? texts.approvalLead : texts.permissionsLead)(app.name, site.name)}</p>
${note !== undefined && html`<p class="note" role="status">${note === "saved" ? texts.saved : texts.termsChanged}</p>`}
<dl class="facts">${accountFact(account, language)}</dl>
<form method="post" action="${action}">
${hiddenFields({ instanceId: instance.instanceId, formToken, terms: hashOfTerms(terms) })}
${granted.flatMap(({ scopeId }) => hiddenFields({ granted: scopeId }))}
${section(texts.added, of(added), { tag: texts.newTag })}
${section(isPending ? texts.kept : texts.granted, of(kept), {})}
${section(texts.declinedScopes, declined, { checked: false })}
${
  dropped.length > 0 &&
  html`<h2>${texts.dropped}</h2><ul class="list">${dropped.map((name) => html`<li><strong>${name}</strong></li>`)}</ul>`
}
<div class="actions">
<button name="decision" value="approve">${isPending ? texts.approve : texts.save}</button>
${isPending && granted.length > 0 && html`<button class="second" name="decision" value="withdraw">${texts.saveWithoutNew}</button>`}
</div>
</form>
<p class="small">${isPending ? texts.oldGrantStays : texts.removable}</p>`;
  return { title: (isPending ? texts.approvalTitle : texts.permissionsTitle)(app.name, site.name), body };
}
