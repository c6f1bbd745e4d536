import { z } from "zod";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import type { Database } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import {
  chooseLanguage,
  html,
  type Language,
  type PageDependencies,
  type PageOptions,
  pageRoute,
  SecretCookie,
  seeOther,
} from "../../../infrastructure/pages/index.ts";
import type { Route } from "../../../infrastructure/routes/index.ts";
import { formToken, requireFormToken } from "../../accounts/index.ts";
import type { Instances } from "../../instances/index.ts";
import { changedTerms, consentForm } from "../consent-form.ts";
import { consentPage } from "../consent-page.ts";
import { errorTexts, messages } from "../messages/index.ts";
import { readTerms, type Terms } from "../terms.ts";
import { type InstallLink, type InstallLinks, linkLifetime } from "./install-links.ts";

export interface LinkPageDependencies extends PageDependencies {
  readonly database: Database;
  readonly instances: Instances;
  readonly installLinks: InstallLinks;
  readonly vault: Vault;
}

const path = "/installer/link";
const purpose = "install link";

/**
 * The page of an install link. Its first address has the token, which moves to a cookie at once, so that the address of the
 * page, the browser's history and `Referer` do not have it.
 */
export function linkPageRoutes(deps: LinkPageDependencies): readonly Route[] {
  const { database, installLinks: links, instances, page, publicUrl, vault } = deps;
  const cookie = new SecretCookie(publicUrl, { name: "latchkey_install_link", lifetime: linkLifetime });

  const show = (
    request: Request,
    link: InstallLink,
    shown: { terms: Terms; changed?: boolean },
  ): Response => {
    const language = chooseLanguage(request, shown.terms.site.locale);
    const token = formToken(vault, link.linkId, purpose);
    return page({ language, ...consentPage({ ...shown, language, action: path, formToken: token }) });
  };

  return [
    pageRoute(deps, {
      method: "GET",
      path,
      operationId: "showInstallLink",
      summary: "Ask a person with an install link whether to install the app, or show what was decided",
      query: z.object({ token: z.string().max(100).optional() }),
      errors: ["INSTALL_LINK_INVALID", "APP_NOT_FOUND", "SITE_NOT_FOUND", "APP_DISABLED"],
      errorTexts,
      async respond({ query: { token }, request }) {
        const link = await links.read(database.read, token ?? cookie.read(request.headers));
        if (token !== undefined) {
          if (link.outcome !== null) throw new ApiError("INSTALL_LINK_INVALID");
          return seeOther(path, { "set-cookie": cookie.write(token) });
        }
        const terms = await readTerms(database.read, link);
        if (link.outcome === null) return show(request, link, { terms });
        return page(outcomePage(chooseLanguage(request, terms.site.locale), link, terms));
      },
    }),
    pageRoute(deps, {
      method: "POST",
      path,
      operationId: "useInstallLink",
      summary: "Install the app of an install link, or cancel; both use up the link",
      form: consentForm,
      errors: [
        ...(["INSTALL_LINK_INVALID", "FORM_EXPIRED", "APP_NOT_FOUND", "SITE_NOT_FOUND"] as const),
        ...(["APP_DISABLED", "INSTANCE_ALREADY_INSTALLED", "REQUIRED_SCOPE_MISSING"] as const),
      ],
      errorTexts,
      async respond({ exchange: { requestId }, form, request }) {
        const link = await links.read(database.read, cookie.read(request.headers));
        if (link.outcome !== null) throw new ApiError("INSTALL_LINK_INVALID");
        requireFormToken(vault, form.formToken, { sessionId: link.linkId, purpose });
        const actor = { name: `install-link:${link.linkId}`, requestId };
        const changed = await database.write(async (trx) => {
          if (form.decision === "cancel") return await links.use(trx, link, "canceled");
          const terms = await changedTerms(trx, form, link);
          if (terms !== undefined) return terms;
          await links.use(trx, link, "installed");
          const { appId, siteId } = link;
          await instances.install(trx, actor, { appId, siteId, grant: form.scope });
        });
        return changed ? show(request, link, { terms: changed, changed: true }) : seeOther(path);
      },
    }),
  ];
}

/** What was decided with a used link. */
function outcomePage(language: Language, { outcome }: InstallLink, { app, site }: Terms): PageOptions {
  const texts = messages[language];
  const installed = outcome === "installed";
  return {
    language,
    title: installed ? texts.installedTitle(app.name, site.name) : texts.canceledTitle,
    body: html`<p>${!installed && `${texts.canceled} `}${texts.closeWindow}</p>`,
  };
}
