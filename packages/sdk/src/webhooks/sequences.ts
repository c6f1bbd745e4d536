import { createBoundedCache } from "../bounded-cache.ts";

/** A range of sequence numbers that were not handled before a later event arrived. */
export interface MissingEvents {
  readonly from: number;
  readonly to: number;
}

/** The position of an event among the events of its instance that this process has handled. */
export interface EventPosition {
  /** Whether a later event of the instance is already handled. */
  readonly late: boolean;
  readonly missing?: MissingEvents | undefined;
}

/** Tracks the sequence numbers of each instance. */
export interface Sequences {
  /** Runs the handlers of an event. Its number counts as handled when they succeed. */
  follow<Result>(
    event: { readonly instanceId: string; readonly sequence?: number },
    handle: (position: EventPosition) => Promise<Result>,
  ): Promise<Result>;
}

/**
 * The numbers of one instance. All numbers up to `seen` are handled, being handled, reported as missing, or in
 * `open`.
 */
interface Stream {
  seen: number;
  /** The highest number whose handlers succeeded. */
  handled: number;
  /** The range that failed since the last report of missing events. */
  open: MissingEvents | undefined;
}

/**
 * Creates a tracker.
 *
 * @param capacity the maximum number of tracked instances; the least recently active is evicted. Default: 10,000
 */
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

/** Returns the unreported missing numbers below `sequence`. Each is reported once, unless the handler fails. */
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
