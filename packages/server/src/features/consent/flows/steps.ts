import type { Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import { chooseLanguage, seeOther } from "../../../infrastructure/pages/index.ts";
import { formToken, type SignedIn } from "../../accounts/index.ts";
import type { Instance } from "../../instances/index.ts";
import type { InstallTokenCheck } from "../../tokens/index.ts";
import { consentPage } from "../consent-page.ts";
import { destinationOf } from "../destination.ts";
import { mayInstall } from "../people.ts";
import { readTerms } from "../terms.ts";
import type { Fields, Flow, FlowDependencies } from "./flow.ts";

/** A flow whose account and site are known. */
export interface Step {
  readonly path: string;
  readonly flow: Flow;
  readonly siteId: string;
  readonly signedIn: SignedIn;
  /** The parameters of the flow, and the site. */
  readonly fields: Fields;
}

/** Shows the consent page, or the question to an owner; sends a person on when the app is installed already. */
export async function showStep(
  deps: FlowDependencies,
  step: Step,
  { changed = false, request }: { request: Request; changed?: boolean },
): Promise<Response> {
  const { database, page, vault } = deps;
  const { fields, flow, path, signedIn, siteId } = step;
  const isOwner = await mayInstall(database.read, { siteId, accountId: signedIn.account.accountId });
  const terms = await readTerms(database.read, { appId: flow.app.appId, siteId });
  const { instance } = terms;
  if (instance?.state === "suspended") throw new ApiError("INSTANCE_NOT_INSTALLED");
  if (instance?.state === "installed") {
    // A code does not tell the app who the person is. signedInstance does, with the role on the site.
    if (flow.returnTo.kind === "legacy" && !isOwner) throw new ApiError("NOT_AN_OWNER");
    return seeOther(await database.write((trx) => leave(deps, trx, { ...step, instance })));
  }
  const language = chooseLanguage(request, terms.site.locale);
  const token = formToken(vault, signedIn.sessionId, purposeOf(step));
  const form = { action: path, fields, formToken: token };
  return page({
    language,
    formTargets: [new URL(flow.returnTo.url).origin],
    ...consentPage({ ...signedIn, terms, language, changed, ...form, mode: isOwner ? "install" : "request" }),
  });
}

/** The purpose of the form token, with the parameters of the page. */
export function purposeOf({ fields, path }: Pick<Step, "fields" | "path">): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return JSON.stringify([path, ...given.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Uses up the install token, and returns the address at which the app learns of its instance. */
export async function leave(
  deps: FlowDependencies,
  trx: Write,
  { flow: { returnTo, token }, instance, signedIn }: Pick<Step, "flow" | "signedIn"> & { instance: Instance },
): Promise<string> {
  const { accountId } = signedIn.account;
  if (token !== undefined) {
    const use = { token, appId: instance.appId, accountId, now: deps.clock.now() };
    requireValid(await deps.legacy.useInstallToken(trx, use));
  }
  return await destinationOf(deps, trx, { accountId, instance, returnTo });
}

/** The site of the install token. Throws `INSTALL_TOKEN_INVALID`, `INSTALL_TOKEN_OF_OTHER_ACCOUNT`. */
export async function siteOfToken(
  { clock, database, legacy }: FlowDependencies,
  { app: { appId }, token }: Flow,
  { account: { accountId } }: SignedIn,
): Promise<string | undefined> {
  if (token === undefined) return undefined;
  const use = { token, appId, accountId, now: clock.now() };
  return requireValid(await legacy.readInstallToken(database.read, use)).siteId;
}

function requireValid(check: InstallTokenCheck): { readonly siteId: string } {
  if (!("error" in check)) return check;
  const isOther = check.error === "other_account";
  throw new ApiError(isOther ? "INSTALL_TOKEN_OF_OTHER_ACCOUNT" : "INSTALL_TOKEN_INVALID");
}
