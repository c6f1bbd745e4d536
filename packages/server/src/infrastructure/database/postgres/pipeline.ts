import pg from "pg";
import { nextTurn } from "../../clock/index.ts";
import { databaseUnavailable } from "../database-errors.ts";

/** One connection that many queries share; it opens with the first and opens again after it was lost. */
export interface Pipeline {
  run(query: pg.QueryConfig): Promise<unknown[]>;
  end(): Promise<void>;
}

/**
 * Sends queries without waiting for the answers of those before them (the pipeline mode of PostgreSQL's protocol):
 * those of one turn of the event loop go out in one packet and come back in one, which is most of what a short query
 * costs on either side. One that is slow holds up the others, so it is for reads by key alone.
 */
export function openPipeline(config: pg.ClientConfig, onError: (error: Error) => void): Pipeline {
  let current: { readonly client: pg.Client; readonly ready: Promise<unknown> } | undefined;
  const open = (): NonNullable<typeof current> => {
    const client = new pg.Client({ ...config, pipeline: true });
    const forget = (): void => {
      if (current?.client === client) current = undefined;
    };
    client.on("end", forget).on("error", (error) => {
      forget();
      onError(error);
    });
    const ready = client.connect().catch((error: unknown) => {
      forget();
      throw databaseUnavailable(error);
    });
    return { client, ready };
  };
  return {
    async run(query) {
      current ??= open();
      const { client, ready } = current;
      await ready;
      sendTogether(client);
      return (await client.query(query)).rows;
    },
    end: async () => await current?.client.end(),
  };
}

/** Holds back what is written until this turn of the event loop is over. */
function sendTogether({ connection: { stream } }: pg.Client): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  void nextTurn().then(() => stream.uncork());
}
