import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

/** What the client knows of one site: only what a server has acknowledged. */
export interface Place {
  readonly siteId: string;
  instanceId: string | undefined;
  installed: boolean;
  /** Acknowledged so far. */
  installs: number;
  removals: number;
  /** Sent, and not answered yet. */
  pending: "install" | "remove" | undefined;
  /** Tokens that have to work. */
  alive: string[];
  /** Tokens of which nobody can know, since what ends them was not answered. */
  doubtful: string[];
  /** Tokens that must not work. */
  dead: string[];
}

/** A server to talk to, over connections that end with it. */
export interface Connection {
  call(method: string, path: string, options?: { body?: object; key?: string }): Promise<Answer>;
  close(): void;
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const remembered = 20;

/** Connects to a server with the admin key. */
export function connectTo(url: string, adminKey: string): Connection {
  const agent = new Agent({ keepAlive: true });
  return {
    async call(method, path, { body, key } = {}) {
      const sent = request(url + path, { agent, method });
      // A connection that breaks later on shows in the body that does not end.
      sent.on("error", () => {});
      if (path.startsWith("/admin")) sent.setHeader("authorization", `Bearer ${adminKey}`);
      if (body !== undefined) sent.setHeader("content-type", "application/json");
      if (key !== undefined) sent.setHeader("idempotency-key", key);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      return { status: response.statusCode ?? 0, body: JSON.parse(await text(response)) };
    },
    close: () => agent.destroy(),
  };
}

/** The app whose instances come and go. */
export interface Client {
  readonly appId: string;
  readonly secret: string;
}

/** Installs, mints, revokes and removes on one site until `isOver`, noting what was acknowledged. */
export async function keepBusy(
  connection: Connection,
  { client, place, random }: { client: Client; place: Place; random: () => number },
  onAcknowledged: () => boolean,
): Promise<void> {
  const steps = [
    () => (place.installed ? undefined : install(connection, client, place)),
    () => mint(connection, client, place),
    () => (random() < 0.4 ? mint(connection, client, place) : undefined),
    () => (random() < 0.3 ? revoke(connection, client, place) : undefined),
    () => remove(connection, place),
  ];
  for (;;) {
    for (const step of steps) {
      const taken = step();
      await taken;
      if (taken !== undefined && onAcknowledged()) return;
    }
  }
}

/** Sends again what was on its way when the server died. */
export async function repeatPending(connection: Connection, client: Client, place: Place): Promise<void> {
  if (place.pending === "install") await install(connection, client, place);
  if (place.pending === "remove") await remove(connection, place);
}

async function install(connection: Connection, { appId }: Client, place: Place): Promise<void> {
  place.pending = "install";
  const path = `/admin/v1/sites/${place.siteId}/instances`;
  const { body, status } = await connection.call("POST", path, {
    body: { appId },
    key: `${place.siteId}/${place.installs}`,
  });
  const { instanceId } = body as { instanceId: string };
  require(status === 200 && instanceId === (place.instanceId ?? instanceId), "an installation", body);
  Object.assign(place, { pending: undefined, instanceId, installed: true, installs: place.installs + 1 });
}

async function remove(connection: Connection, place: Place): Promise<void> {
  place.pending = "remove";
  place.doubtful.push(...place.alive.splice(0));
  const { body, status } = await connection.call("DELETE", `/admin/v1/instances/${place.instanceId}`);
  require(status === 200 && body.state === "removed", "a removal", body);
  Object.assign(place, { pending: undefined, installed: false, removals: place.removals + 1 });
  place.dead = [...place.dead, ...place.doubtful.splice(0)].slice(-remembered);
}

async function mint(connection: Connection, client: Client, place: Place): Promise<void> {
  const { body, status } = await connection.call("POST", "/oauth2/token", {
    body: {
      ...{ grant_type: "client_credentials", client_id: client.appId, client_secret: client.secret },
      instance_id: place.instanceId,
    },
  });
  require(status === 200, "a token", body);
  place.alive.push(String(body.access_token));
}

async function revoke(connection: Connection, { appId, secret }: Client, place: Place): Promise<void> {
  const token = place.alive.shift();
  if (token === undefined) return;
  place.doubtful.push(token);
  const { body, status } = await connection.call("POST", "/oauth2/revoke", {
    body: { client_id: appId, client_secret: secret, token },
  });
  require(status === 200, "a revocation", body);
  place.doubtful = place.doubtful.filter((one) => one !== token);
  place.dead.push(token);
}

function require(holds: boolean, what: string, body: object): void {
  if (!holds) throw new Error(`${what} was refused: ${JSON.stringify(body)}`);
}
