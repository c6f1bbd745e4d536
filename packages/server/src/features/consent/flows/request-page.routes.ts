import { z } from "zod";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import {
  chooseLanguage,
  html,
  type Language,
  type PageOptions,
  pageRoute,
  seeOther,
} from "../../../infrastructure/pages/index.ts";
import type { Route } from "../../../infrastructure/routes/index.ts";
import { accountActor, formToken, requireFormToken, type SignedIn } from "../../accounts/index.ts";
import { changedTerms, consentForm } from "../consent-form.ts";
import { consentPage } from "../consent-page.ts";
import { destinationOf } from "../destination.ts";
import { errorTexts, messages } from "../messages/index.ts";
import { mayInstall, requireOwner, requireSignedIn, signInFirst } from "../people.ts";
import type { InstallRequest } from "../requests/index.ts";
import { isRegistered, refusedAddress } from "../return-to.ts";
import { readTerms, type Terms } from "../terms.ts";
import type { FlowDependencies } from "./flow.ts";

const path = "/installer/requests/{requestId}";
const parameters = { requestId: z.uuid() };
const unknown = "INSTALL_REQUEST_NOT_FOUND";
const purposeOf = ({ requestId }: Pick<InstallRequest, "requestId">): string =>
  `install request ${requestId}`;
const pathOf = ({ requestId }: InstallRequest): string => `/installer/requests/${requestId}`;

/** The page of a request to install: an owner decides on it, and the person who asked sees the decision and returns to the app. */
export function requestPageRoutes(deps: FlowDependencies): readonly Route[] {
  const { accounts, database, installRequests, page, vault } = deps;
  return [
    pageRoute(deps, {
      method: "GET",
      path,
      parameters,
      operationId: "showInstallRequest",
      summary: "Show a request to install an app: to an owner of the site, and to the person who asked",
      errors: [unknown, "SITE_NOT_FOUND", "APP_NOT_FOUND", "APP_DISABLED", "RESOURCE_EXHAUSTED"],
      errorTexts,
      async respond({ parameters: { requestId = "" }, request }) {
        const signedIn = await accounts.signedIn(request);
        if (signedIn === undefined) return signInFirst(request);
        const { accountId } = signedIn.account;
        const asked = await installRequests.read(database.read, requestId);
        const isOwner = await mayInstall(database.read, { ...asked, accountId }, unknown);
        if (!isOwner && asked.accountId !== accountId) throw new ApiError(unknown);
        const terms = await readTerms(database.read, asked);
        const language = chooseLanguage(request, terms.site.locale);
        if (isOwner && isOpen(asked, terms)) return decisionPage(deps, { asked, language, signedIn, terms });
        if (asked.accountId === accountId) return await showToAsker(deps, { asked, language, terms });
        return page(outcomePage(language, asked, terms));
      },
    }),
    pageRoute(deps, {
      method: "POST",
      path,
      parameters,
      operationId: "decideInstallRequest",
      summary: "Approve or decline a request to install an app",
      form: consentForm,
      errors: [
        ...([unknown, "INSTALL_REQUEST_DECIDED", "FORM_EXPIRED", "NOT_AN_OWNER"] as const),
        ...(["APP_NOT_FOUND", "SITE_NOT_FOUND", "APP_DISABLED"] as const),
        ...(["INSTANCE_ALREADY_INSTALLED", "REQUIRED_SCOPE_MISSING"] as const),
      ],
      errorTexts,
      async respond({ exchange, form, parameters: { requestId = "" }, request }) {
        const signedIn = await requireSignedIn(accounts, request);
        const { accountId } = signedIn.account;
        const purpose = purposeOf({ requestId });
        requireFormToken(vault, form.formToken, { sessionId: signedIn.sessionId, purpose });
        const asked = await installRequests.read(database.read, requestId);
        const actor = { name: accountActor(accountId), requestId: exchange.requestId };
        const changed = await database.write(async (trx): Promise<Terms | undefined> => {
          await requireOwner(trx, { ...asked, accountId }, unknown);
          const terms = await changedTerms(trx, form, asked);
          if (form.decision === "cancel") await installRequests.decline(trx, actor, requestId);
          else if (terms !== undefined) return terms;
          else await installRequests.approve(trx, actor, { requestId, grant: form.scope });
        });
        if (changed === undefined || !isOpen(asked, changed)) return seeOther(pathOf(asked));
        const language = chooseLanguage(request, changed.site.locale);
        return decisionPage(deps, { asked, language, signedIn, terms: changed, changed: true });
      },
    }),
  ];
}

interface Shown {
  readonly asked: InstallRequest;
  readonly language: Language;
  readonly terms: Terms;
}

function isOpen({ state }: InstallRequest, { instance }: Terms): boolean {
  return state === "pending" && (instance === undefined || instance.state === "removed");
}

function decisionPage(
  { page, vault }: FlowDependencies,
  { asked, changed = false, language, signedIn, terms }: Shown & { signedIn: SignedIn; changed?: boolean },
): Response {
  const token = formToken(vault, signedIn.sessionId, purposeOf(asked));
  const form = { action: pathOf(asked), formToken: token };
  return page({
    language,
    ...consentPage({ ...signedIn, terms, language, changed, ...form, mode: "approve" }),
  });
}

/**
 * Sends the person who asked back to the app, when it is installed; else shows the state of the request. A code does not
 * tell the app who the person is, so it needs the approval of this request.
 */
async function showToAsker(deps: FlowDependencies, { asked, language, terms }: Shown): Promise<Response> {
  const { accountId, appId, returnTo, state } = asked;
  const { app, instance } = terms;
  // The app may have given up the address since the person asked.
  const canReturn = isRegistered(app, returnTo);
  if (instance?.state === "installed" && canReturn) {
    if (returnTo.kind === "legacy" && state !== "approved")
      return deps.page(outcomePage(language, asked, terms));
    return seeOther(
      await deps.database.write((trx) => destinationOf(deps, trx, { accountId, instance, returnTo })),
    );
  }
  const texts = messages[language];
  if (isOpen(asked, terms)) {
    const address = deps.publicUrl + pathOf(asked);
    return deps.page({
      language,
      title: texts.askedTitle,
      body: html`<p>${texts.askedLead(terms.site.name)}</p><p><code>${address}</code></p>
<div class="actions"><a class="button second" href="${pathOf(asked)}">${texts.checkAgain}</a></div>`,
    });
  }
  const outcome = outcomePage(language, asked, terms);
  if (!canReturn) return deps.page(outcome);
  const back = refusedAddress(returnTo, { appId, issuer: deps.publicUrl });
  const link = html`<div class="actions"><a class="button second" href="${back}">${texts.backToApp}</a></div>`;
  return deps.page({ ...outcome, body: html`${outcome.body}${link}` });
}

/** What was decided. An app that was installed in another way counts as approved. */
function outcomePage(
  language: Language,
  { state }: InstallRequest,
  { app, instance, site }: Terms,
): PageOptions {
  const texts = messages[language];
  if (instance !== undefined && instance.state !== "removed") {
    return {
      language,
      title: texts.installedTitle(app.name, site.name),
      body: html`<p>${texts.closeWindow}</p>`,
    };
  }
  const text = state === "declined" ? texts.declined : texts.removedSince;
  return { language, title: texts.canceledTitle, body: html`<p>${text}</p>` };
}
