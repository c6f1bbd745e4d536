import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A delivery that an endpoint received. */
export interface ReceivedDelivery {
  readonly eventId: string;
  readonly eventType: string;
  readonly instanceId: string;
  readonly payload: string;
}

/** Endpoints that record deliveries. The first part of their path selects their behavior. */
export interface UnreliableReceiver {
  readonly url: string;
  /** Deliveries by path. */
  readonly deliveries: ReadonlyMap<string, readonly ReceivedDelivery[]>;
  /** Deliveries that were sent again after a 200. */
  readonly duplicates: number;
  readonly received: number;
  /** From now on every endpoint returns 200. */
  recover(): void;
  close(): Promise<void>;
}

type Behaviour = (response: ServerResponse, random: () => number) => boolean;

/** Each responds or not, and returns whether it accepted the delivery. */
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
  const deliveries = new Map<string, ReceivedDelivery[]>();
  const taken = new Set<string>();
  const counts = { duplicates: 0, received: 0 };
  let recovered = false;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // The server was killed while it sent.
      return;
    }
    const delivery = read(Buffer.concat(chunks).toString());
    const path = request.url ?? "";
    deliveries.set(path, [...(deliveries.get(path) ?? []), delivery]);
    const key = `${path} ${delivery.eventId} ${delivery.instanceId}`;
    counts.received += 1;
    if (taken.has(key)) counts.duplicates += 1;
    const behave = recovered ? behaviours.good : behaviours[path.split("/")[1] ?? ""];
    if (behave?.(response, random)) taken.add(key);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliveries,
    get duplicates() {
      return counts.duplicates;
    },
    get received() {
      return counts.received;
    },
    recover() {
      recovered = true;
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

function read(jwt: string): ReceivedDelivery {
  const claims = JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString());
  const { data, eventType, instanceId } = JSON.parse(claims.data);
  return { eventId: claims.event_id, eventType, instanceId, payload: data };
}
