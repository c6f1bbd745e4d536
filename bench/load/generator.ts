// The process that generates load: receives one job at a time over IPC and replies with its result.
import type { LoadJob } from "./job.ts";
import { runJob } from "./run-job.ts";

process.on("message", async (job: LoadJob) => {
  try {
    process.send?.({ result: await runJob(job) });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : "The job failed." });
  }
});
// Only the channel keeps this process alive.
process.channel?.ref();
