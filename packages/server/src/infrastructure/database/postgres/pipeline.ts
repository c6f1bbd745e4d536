import type pg from "pg";
import { nextTurn } from "../../clock/index.ts";
import { databaseUnavailable } from "../database-errors.ts";
import { markServer } from "./server-lock.queries.ts";

/** One connection that many queries share. It opens with the first query, and again after it is lost. */
export interface Pipeline {
  run(query: pg.QueryConfig): Promise<unknown[]>;
  end(): Promise<void>;
}

/**
 * Sends queries without waiting for earlier results (the pipeline mode of PostgreSQL). The queries of one turn of the
 * event loop share a packet in each direction. A slow query delays the others, so this is for reads by key.
 */
export function openPipeline(create: () => pg.Client, onError: (error: Error) => void): Pipeline {
  let current: { readonly client: pg.Client; readonly ready: Promise<unknown> } | undefined;
  const open = (): NonNullable<typeof current> => {
    const client = create();
    const forget = (): void => {
      if (current?.client === client) current = undefined;
    };
    client.on("end", forget).on("error", (error) => {
      forget();
      onError(error);
    });
    const opened = client.connect().then(() => client.query(markServer));
    const ready = opened.catch((error: unknown) => {
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
      corkForThisTurn(client);
      return (await client.query(query)).rows;
    },
    end: async () => await current?.client.end(),
  };
}

/** Buffers writes until the end of this turn of the event loop. */
function corkForThisTurn({ connection: { stream } }: pg.Client): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  void nextTurn().then(() => stream.uncork());
}
