import { pageRoute } from "../../../infrastructure/pages/index.ts";
import { guid, type Route } from "../../../infrastructure/routes/index.ts";
import { listSitesOfAccount } from "../../sites/index.ts";
import { errorTexts } from "../messages/index.ts";
import { signInFirst } from "../people.ts";
import { decide, decisionFields } from "./decide.ts";
import type { Fields, FlowDependencies, FlowKind } from "./flow.ts";
import { noSitePage, sitePage } from "./site-page.ts";
import { showStep, siteOfToken } from "./steps.ts";

/** The number of sites that the page lists. The parameter `siteId` selects any other. */
const maxSites = 200;

const errors = [
  ...(["APP_NOT_FOUND", "REDIRECT_NOT_REGISTERED", "SITE_NOT_FOUND", "APP_DISABLED"] as const),
  ...(["INSTALL_TOKEN_INVALID", "INSTALL_TOKEN_OF_OTHER_ACCOUNT", "INSTANCE_NOT_INSTALLED"] as const),
  ...(["NOT_AN_OWNER", "RESOURCE_EXHAUSTED"] as const),
] as const;

/** The pages of a way to install an app that begins at the app: sign-in, choice of the site, consent or a request to an owner. */
export function flowRoutes(deps: FlowDependencies, kind: FlowKind): readonly Route[] {
  const { operations, parameters, path, summary } = kind;
  return [
    pageRoute(deps, {
      method: "GET",
      path,
      operationId: operations.show,
      summary,
      query: parameters.extend({ siteId: guid.optional() }),
      errors,
      errorTexts,
      async respond({ language, query, request }) {
        const { siteId: chosen, ...given } = query as Fields;
        const flow = await kind.begin(deps.database.read, query as Fields);
        const signedIn = await deps.accounts.signedIn(request);
        if (signedIn === undefined) return signInFirst(request);
        const siteId = (await siteOfToken(deps, flow, signedIn)) ?? chosen;
        if (siteId !== undefined) {
          const step = { path, flow, siteId, signedIn, fields: { ...given, siteId } };
          return await showStep(deps, step, { request });
        }
        const { accountId } = signedIn.account;
        const sites = await listSitesOfAccount(deps.database.read, { accountId, limit: maxSites });
        const choice = { action: path, app: flow.app, fields: given, sites };
        return deps.page(sites.length === 0 ? noSitePage(language, flow.app) : sitePage(language, choice));
      },
    }),
    pageRoute(deps, {
      method: "POST",
      path,
      operationId: operations.decide,
      summary: `${summary}: what the person decides`,
      form: parameters.extend(decisionFields),
      errors: [
        ...errors,
        ...(["FORM_EXPIRED", "TOO_MANY_INSTALL_REQUESTS"] as const),
        ...(["INSTANCE_ALREADY_INSTALLED", "INSTANCE_NOT_FOUND", "REQUIRED_SCOPE_MISSING"] as const),
      ],
      errorTexts,
      respond: (call) => decide(deps, kind, call),
    }),
  ];
}
