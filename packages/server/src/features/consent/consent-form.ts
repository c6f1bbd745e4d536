import { z } from "zod";
import type { Write } from "../../infrastructure/database/index.ts";
import { type AppOnSite, hashOfTerms, lockTerms, type Terms } from "./terms.ts";

/** The fields of every consent form. */
export const consentForm: z.ZodObject<{
  formToken: z.ZodString;
  terms: z.ZodString;
  decision: z.ZodEnum<{ approve: "approve"; cancel: "cancel" }>;
  scope: z.ZodArray<z.ZodString>;
}> = z.object({
  formToken: z.string().max(200),
  /** The hash of the terms that the page showed. */
  terms: z.string().max(100),
  decision: z.enum(["approve", "cancel"]),
  /** The scopes that the person approves, required ones included. */
  scope: z.array(z.string().max(100)).max(200),
});

export type ConsentForm = z.output<typeof consentForm>;

/** Returns the terms if they differ from those that the form showed. Throws what {@link lockTerms} throws. */
export async function changedTerms(
  trx: Write,
  form: Pick<ConsentForm, "terms">,
  ids: AppOnSite,
): Promise<Terms | undefined> {
  const terms = await lockTerms(trx, ids);
  return hashOfTerms(terms) === form.terms ? undefined : terms;
}
