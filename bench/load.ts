import type { LoadJob, LoadResult } from "./load/job.ts";
import { startChild } from "./processes/child.ts";

/** Our own generator of HTTP/1.1 load, in a process of its own. */
export interface LoadGenerator {
  /** Throws when the server stops answering or closes every connection. */
  run(job: LoadJob): Promise<LoadResult>;
  stop(): Promise<void>;
}

/** Starts the generator; it stays warm between jobs. */
export function startLoadGenerator(): LoadGenerator {
  const child = startChild(new URL("./load/generator.ts", import.meta.url), { core: "load" });
  return {
    async run(job) {
      const answer = await child.ask<{ result?: LoadResult; error?: string }>(job);
      if (answer.result === undefined) throw new Error(answer.error);
      return answer.result;
    },
    stop: () => child.stop(),
  };
}
