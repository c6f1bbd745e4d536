import { createBoundedCache } from "../bounded-cache.ts";

/** A range of sequence numbers of an instance that have not been handled, although a later one has come. */
export interface MissingEvents {
  readonly from: number;
  readonly to: number;
}

/** Where an event stands among the others of its instance that this process has handled. */
export interface EventPosition {
  /** Whether a later event of the instance has been handled. */
  readonly late: boolean;
  readonly missing?: MissingEvents | undefined;
}

/** Follows the sequence numbers of each instance. */
export interface Sequences {
  /** Runs the handlers of an event. Its number counts as handled once they have succeeded. */
  follow<Result>(
    event: { readonly instanceId: string; readonly sequence?: number },
    handle: (position: EventPosition) => Promise<Result>,
  ): Promise<Result>;
}

/** The numbers of one instance. Those up to `seen` are handled, being handled, reported as missing, or in `open`. */
interface Stream {
  seen: number;
  /** The highest whose handlers have succeeded. */
  handled: number;
  /** What failed since the last report of missing events. */
  open: MissingEvents | undefined;
}

/** @param capacity how many instances are followed; the one longest silent is forgotten first. Default: 10,000 */
export function followSequences(capacity = 10_000): Sequences {
  const streams = createBoundedCache<Stream>(capacity);
  return {
    async follow({ instanceId, sequence }, handle) {
      if (sequence === undefined) return await handle({ late: false });
      const stream = streams.get(instanceId) ?? { seen: sequence - 1, handled: 0, open: undefined };
      streams.set(instanceId, stream);
      const missing = takeMissing(stream, sequence);
      try {
        const result = await handle({ late: sequence < stream.handled, missing });
        stream.handled = Math.max(stream.handled, sequence);
        return result;
      } catch (error) {
        stream.open = join(stream.open, join(missing, { from: sequence, to: sequence }));
        throw error;
      }
    },
  };
}

/** The numbers below `sequence` that were not reported yet. They are reported once, unless the report fails. */
function takeMissing(stream: Stream, sequence: number): MissingEvents | undefined {
  const { open, seen } = stream;
  const failed = open && range(open.from, Math.min(open.to, sequence - 1));
  stream.open = open && range(Math.max(open.from, sequence + 1), open.to);
  stream.seen = Math.max(seen, sequence);
  return join(failed, range(seen + 1, sequence - 1));
}

function range(from: number, to: number): MissingEvents | undefined {
  return from > to ? undefined : { from, to };
}

function join(one: MissingEvents | undefined, other: MissingEvents | undefined): MissingEvents | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { from: Math.min(one.from, other.from), to: Math.max(one.to, other.to) };
}
