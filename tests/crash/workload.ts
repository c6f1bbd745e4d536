import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

/** The state of a site as the client knows it from acknowledged requests. */
export interface SiteState {
  readonly siteId: string;
  instanceId: string | undefined;
  installed: boolean;
  /** Acknowledged installs and removals. */
  installs: number;
  removals: number;
  /** A request that was sent and has no response yet. */
  pending: "install" | "remove" | undefined;
  /** Tokens that must be active. */
  valid: string[];
  /** Tokens whose revocation was sent and has no response yet. */
  uncertain: string[];
  /** Tokens that must be inactive. */
  invalid: string[];
}

/** Keep-alive connections to a server. */
export interface Connection {
  call(method: string, path: string, options?: { body?: object; key?: string }): Promise<Reply>;
  close(): void;
}

interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const maxInvalidTokens = 20;

/** Creates a connection that uses the admin key. */
export function connectTo(url: string, adminKey: string): Connection {
  const agent = new Agent({ keepAlive: true });
  return {
    async call(method, path, { body, key } = {}) {
      const sent = request(url + path, { agent, method });
      // An error after the headers shows as an incomplete body.
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

/** The app that is installed and removed. */
export interface Client {
  readonly appId: string;
  readonly secret: string;
}

/** Installs, mints, revokes and removes on one site until `onAcknowledged` returns true, and records acknowledged changes. */
export async function workOnSite(
  connection: Connection,
  { client, site, random }: { client: Client; site: SiteState; random: () => number },
  onAcknowledged: () => boolean,
): Promise<void> {
  const steps = [
    () => (site.installed ? undefined : install(connection, client, site)),
    () => mint(connection, client, site),
    () => (random() < 0.4 ? mint(connection, client, site) : undefined),
    () => (random() < 0.3 ? revoke(connection, client, site) : undefined),
    () => remove(connection, site),
  ];
  for (;;) {
    for (const step of steps) {
      const taken = step();
      await taken;
      if (taken !== undefined && onAcknowledged()) return;
    }
  }
}

/** Repeats the request that was in flight when the server was killed. */
export async function repeatPending(connection: Connection, client: Client, site: SiteState): Promise<void> {
  if (site.pending === "install") await install(connection, client, site);
  if (site.pending === "remove") await remove(connection, site);
}

async function install(connection: Connection, { appId }: Client, site: SiteState): Promise<void> {
  site.pending = "install";
  const path = `/admin/v1/sites/${site.siteId}/instances`;
  const { body, status } = await connection.call("POST", path, {
    body: { appId },
    key: `${site.siteId}/${site.installs}`,
  });
  const { instanceId } = body as { instanceId: string };
  require(status === 200 && instanceId === (site.instanceId ?? instanceId), "an install", body);
  Object.assign(site, { pending: undefined, instanceId, installed: true, installs: site.installs + 1 });
}

async function remove(connection: Connection, site: SiteState): Promise<void> {
  site.pending = "remove";
  site.uncertain.push(...site.valid.splice(0));
  const { body, status } = await connection.call("DELETE", `/admin/v1/instances/${site.instanceId}`);
  require(status === 200 && body.state === "removed", "a removal", body);
  Object.assign(site, { pending: undefined, installed: false, removals: site.removals + 1 });
  site.invalid = [...site.invalid, ...site.uncertain.splice(0)].slice(-maxInvalidTokens);
}

async function mint(connection: Connection, client: Client, site: SiteState): Promise<void> {
  const { body, status } = await connection.call("POST", "/oauth2/token", {
    body: {
      ...{ grant_type: "client_credentials", client_id: client.appId, client_secret: client.secret },
      instance_id: site.instanceId,
    },
  });
  require(status === 200, "a token", body);
  site.valid.push(String(body.access_token));
}

async function revoke(connection: Connection, { appId, secret }: Client, site: SiteState): Promise<void> {
  const token = site.valid.shift();
  if (token === undefined) return;
  site.uncertain.push(token);
  const { body, status } = await connection.call("POST", "/oauth2/revoke", {
    body: { client_id: appId, client_secret: secret, token },
  });
  require(status === 200, "a revocation", body);
  site.uncertain = site.uncertain.filter((one) => one !== token);
  site.invalid.push(token);
}

function require(holds: boolean, what: string, body: object): void {
  if (!holds) throw new Error(`${what} was rejected: ${JSON.stringify(body)}`);
}
