import { type Bench, median } from "../benchmark.ts";
import { startChild } from "../processes/child.ts";
import type { SignerJob, SignerRates } from "./signer.ts";

/** Instance parameters that one core signs and checks per second. */
export async function pages({ isQuick, report }: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const signer = startChild(new URL("./signer.ts", import.meta.url), { core: "server" });
  stack.defer(() => signer.stop());
  const job: SignerJob = isQuick ? { rounds: 2, milliseconds: 100 } : { rounds: 11, milliseconds: 1_000 };
  for (const [subject, rates] of Object.entries(await signer.ask<SignerRates>(job))) {
    report.row({ benchmark: "pages", subject, figures: { "parameters/s": median(rates) } });
  }
}
