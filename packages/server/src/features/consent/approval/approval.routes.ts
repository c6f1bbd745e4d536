import { z } from "zod";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import type { Database } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import {
  chooseLanguage,
  type PageDependencies,
  pageRoute,
  seeOther,
} from "../../../infrastructure/pages/index.ts";
import { guid, type Route } from "../../../infrastructure/routes/index.ts";
import {
  type Accounts,
  accountActor,
  formToken,
  requireFormToken,
  type SignedIn,
} from "../../accounts/index.ts";
import { type Instance, type Instances, readInstance, scopeChange } from "../../instances/index.ts";
import { describeScopes } from "../../permissions/index.ts";
import { changedTerms, consentForm } from "../consent-form.ts";
import { errorTexts } from "../messages/index.ts";
import { requireOwner, requireSignedIn, signInFirst } from "../people.ts";
import { readTerms, type Terms } from "../terms.ts";
import { approvalPage } from "./approval-page.ts";

export interface ApprovalPageDependencies extends PageDependencies {
  readonly accounts: Accounts;
  readonly database: Database;
  readonly instances: Instances;
  readonly vault: Vault;
}

const path = "/installer/approve";
const unknown = "INSTANCE_NOT_FOUND";
const addressOf = (instanceId: string): string => `${path}?instanceId=${instanceId}`;
const purposeOf = (instanceId: string): string => `approve ${instanceId}`;

const errors = [
  ...([unknown, "INSTANCE_NOT_INSTALLED", "APP_NOT_FOUND", "APP_DISABLED"] as const),
  ...(["SITE_NOT_FOUND", "NOT_AN_OWNER"] as const),
] as const;

/** The page on which an owner approves the scopes that an app requests now, and withdraws optional ones at any time. */
export function approvalPages(deps: ApprovalPageDependencies): readonly Route[] {
  const { accounts, database, instances, vault } = deps;
  return [
    pageRoute(deps, {
      method: "GET",
      path,
      operationId: "showApproval",
      summary: "Show an owner of the site the scopes of an instance, and those that its app has added",
      query: z.object({ instanceId: guid, saved: z.literal("1").optional() }),
      errors,
      errorTexts,
      async respond({ query: { instanceId, saved }, request }) {
        const signedIn = await accounts.signedIn(request);
        if (signedIn === undefined) return signInFirst(request);
        const instance = await readInstance(database.read, instanceId);
        await requireOwner(database.read, { ...instance, ...signedIn.account }, unknown);
        return await show(deps, { instance, request, signedIn, note: saved && "saved" });
      },
    }),
    pageRoute(deps, {
      method: "POST",
      path,
      operationId: "decideApproval",
      summary: "Approve the scopes that an app requests now, or withdraw optional ones",
      form: consentForm.extend({
        instanceId: guid,
        decision: z.enum(["approve", "withdraw"]),
        /** The optional scopes that the page showed as granted. Those that are not in `scope` are withdrawn. */
        granted: z.array(z.string().max(100)),
      }),
      errors: [...errors, "FORM_EXPIRED", "REQUIRED_SCOPE_MISSING"],
      errorTexts,
      async respond({ exchange, form, request }) {
        const { instanceId } = form;
        const signedIn = await requireSignedIn(accounts, request);
        const { accountId } = signedIn.account;
        const purpose = purposeOf(instanceId);
        requireFormToken(vault, form.formToken, { sessionId: signedIn.sessionId, purpose });
        const actor = { name: accountActor(accountId), requestId: exchange.requestId };
        const instance = await readInstance(database.read, instanceId);
        const changed = await database.write(async (trx): Promise<Terms | undefined> => {
          await requireOwner(trx, { ...instance, accountId }, unknown);
          const terms = await changedTerms(trx, form, instance);
          if (terms !== undefined) return terms;
          if (form.decision === "approve") {
            await instances.approve(trx, actor, { instanceId, grant: form.scope });
          } else {
            const scopes = form.granted.filter((scope) => !form.scope.includes(scope));
            await instances.withdraw(trx, actor, { instanceId, scopes });
          }
        });
        if (changed === undefined) return seeOther(`${addressOf(instanceId)}&saved=1`);
        return await show(deps, { instance, request, signedIn, note: "changed" });
      },
    }),
  ];
}

async function show(
  { database, page, vault }: ApprovalPageDependencies,
  {
    instance,
    note,
    request,
    signedIn,
  }: { instance: Instance; request: Request; signedIn: SignedIn; note: "saved" | "changed" | undefined },
): Promise<Response> {
  const { instanceId } = instance;
  const terms = await readTerms(database.read, instance);
  if (terms.instance?.state !== "installed") throw new ApiError("INSTANCE_NOT_INSTALLED");
  const { dropped } = scopeChange(terms.scopes, terms.instance);
  const described = await describeScopes(database.read, dropped);
  const names = dropped.map((scopeId) => described.get(scopeId)?.name ?? scopeId);
  const language = chooseLanguage(request, terms.site.locale);
  const token = formToken(vault, signedIn.sessionId, purposeOf(instanceId));
  const form = { action: path, formToken: token };
  const shown = {
    account: signedIn.account,
    terms,
    instance: terms.instance,
    dropped: names,
    language,
    note,
  };
  return page({ language, ...approvalPage({ ...form, ...shown }) });
}
