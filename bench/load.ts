import type { LoadJob, LoadResult } from "./load/job.ts";
import { startChild } from "./processes/child.ts";

/** A generator of HTTP/1.1 load in its own process. */
export interface LoadGenerator {
  /** Throws when the server stops responding or closes every connection. */
  run(job: LoadJob): Promise<LoadResult>;
  stop(): Promise<void>;
}

/** Starts the generator; it stays warm between jobs. */
export function startLoadGenerator(): LoadGenerator {
  const child = startChild(new URL("./load/generator.ts", import.meta.url), { core: "load" });
  return {
    async run(job) {
      const reply = await child.ask<{ result?: LoadResult; error?: string }>(job);
      if (reply.result === undefined) throw new Error(reply.error);
      return reply.result;
    },
    stop: () => child.stop(),
  };
}
