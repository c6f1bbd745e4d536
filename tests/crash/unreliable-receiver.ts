import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A delivery that reached an endpoint. */
export interface Reached {
  readonly eventId: string;
  readonly eventType: string;
  readonly instanceId: string;
  readonly payload: string;
}

/** Endpoints that behave as the first part of their path says, and remember everything. */
export interface UnreliableReceiver {
  readonly url: string;
  /** What has reached each path. */
  readonly reached: ReadonlyMap<string, readonly Reached[]>;
  /** Deliveries that came again although they were answered as received. */
  readonly duplicates: number;
  readonly received: number;
  /** From now on every endpoint takes what comes. */
  mend(): void;
  close(): Promise<void>;
}

type Behaviour = (response: ServerResponse, random: () => number) => boolean;

/** Each answers, or not, and tells whether it took what came. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  good: (response) => take(response),
  fails: (response, random) => (random() < 0.4 ? fail(response) : take(response)),
  stalls: (response, random) => random() >= 0.2 && take(response),
  resets(response, random) {
    if (random() >= 0.3) return take(response);
    response.socket?.resetAndDestroy();
    return false;
  },
  slow(response, random) {
    setTimeout(() => take(response), random() * 300);
    return true;
  },
};

export async function startUnreliableReceiver(random: () => number): Promise<UnreliableReceiver> {
  const reached = new Map<string, Reached[]>();
  const taken = new Set<string>();
  const counts = { duplicates: 0, received: 0 };
  let mended = false;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // The sender was killed while it sent.
      return;
    }
    const delivery = read(Buffer.concat(chunks).toString());
    const path = request.url ?? "";
    reached.set(path, [...(reached.get(path) ?? []), delivery]);
    const key = `${path} ${delivery.eventId} ${delivery.instanceId}`;
    counts.received += 1;
    if (taken.has(key)) counts.duplicates += 1;
    const behave = mended ? behaviours.good : behaviours[path.split("/")[1] ?? ""];
    if (behave?.(response, random)) taken.add(key);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reached,
    get duplicates() {
      return counts.duplicates;
    },
    get received() {
      return counts.received;
    },
    mend() {
      mended = true;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function take(response: ServerResponse): boolean {
  response.writeHead(200).end();
  return true;
}

function fail(response: ServerResponse): boolean {
  response.writeHead(500).end();
  return false;
}

function read(jwt: string): Reached {
  const claims = JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString());
  const { data, eventType, instanceId } = JSON.parse(claims.data);
  return { eventId: claims.event_id, eventType, instanceId, payload: data };
}
