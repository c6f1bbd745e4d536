// The process that makes load: takes jobs over IPC, one at a time, and answers what each run saw.
import type { LoadJob } from "./job.ts";
import { runJob } from "./run-job.ts";

process.on("message", async (job: LoadJob) => {
  try {
    process.send?.({ result: await runJob(job) });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : "The load could not be run." });
  }
});
// Nothing else keeps this process alive.
process.channel?.ref();
