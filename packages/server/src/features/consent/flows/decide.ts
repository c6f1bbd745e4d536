import { z } from "zod";
import { seeOther } from "../../../infrastructure/pages/index.ts";
import { guid, type RouteCall } from "../../../infrastructure/routes/index.ts";
import { accountActor, requireFormToken } from "../../accounts/index.ts";
import { type ConsentForm, changedTerms, consentForm } from "../consent-form.ts";
import { requireOwner, requireSignedIn } from "../people.ts";
import { refusedAddress } from "../return-to.ts";
import type { Fields, FlowDependencies, FlowKind } from "./flow.ts";
import { leave, purposeOf, type Step, showStep } from "./steps.ts";

/** The fields of the form besides the parameters of the flow. */
export const decisionFields: Readonly<Record<string, z.ZodType>> = {
  ...consentForm.shape,
  decision: z.enum(["approve", "cancel", "request"]),
  siteId: guid,
};

type Decision = Omit<ConsentForm, "decision"> & {
  readonly decision: "approve" | "cancel" | "request";
  readonly siteId: string;
};

/** Carries out the decision of a person: installs the app, asks an owner, or goes back to the app with an error. */
export async function decide(
  deps: FlowDependencies,
  kind: FlowKind,
  { exchange, form, request }: RouteCall & { readonly form: unknown },
): Promise<Response> {
  const { decision, formToken, scope, terms, ...fields } = form as Fields & Decision;
  const { siteId } = fields;
  const signedIn = await requireSignedIn(deps.accounts, request);
  const purpose = purposeOf({ path: kind.path, fields });
  requireFormToken(deps.vault, formToken, { sessionId: signedIn.sessionId, purpose });
  const flow = await kind.begin(deps.database.read, fields);
  const { appId } = flow.app;
  if (decision === "cancel") {
    return seeOther(refusedAddress(flow.returnTo, { appId, issuer: deps.publicUrl }));
  }
  const { accountId } = signedIn.account;
  const actor = { name: accountActor(accountId), requestId: exchange.requestId };
  if (decision === "request") {
    const ask = { appId, siteId, accountId, returnTo: flow.returnTo };
    const installRequestId = await deps.database.write((trx) => deps.installRequests.ask(trx, actor, ask));
    return seeOther(`/installer/requests/${installRequestId}`);
  }
  const step: Step = { path: kind.path, flow, siteId, signedIn, fields };
  const destination = await deps.database.write(async (trx) => {
    await requireOwner(trx, { siteId, accountId });
    if (await changedTerms(trx, { terms }, { appId, siteId })) return undefined;
    const instance = await deps.instances.install(trx, actor, { appId, siteId, grant: scope });
    return await leave(deps, trx, { flow, instance, signedIn });
  });
  if (destination !== undefined) return seeOther(destination);
  return await showStep(deps, step, { request, changed: true });
}
