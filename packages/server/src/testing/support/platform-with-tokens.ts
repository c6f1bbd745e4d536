import { createHash, randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { createRefreshToken } from "../../features/tokens/legacy/refresh-tokens.ts";
import { parseMasterKeys, Vault } from "../../infrastructure/crypto/index.ts";
import { createTestPlatform, type TestPlatform } from "../index.ts";

/** A platform with an app of the legacy flow, and a proxy that counts its requests. */
export interface PlatformWithTokens {
  readonly platform: TestPlatform;
  /** The proxy in front of the platform. */
  readonly url: string;
  readonly app: { readonly appId: string; readonly appSecret: string };
  /** Each refresh token and its instance. */
  readonly tokens: ReadonlyMap<string, string>;
  /** How often each refresh token was exchanged. */
  readonly exchanges: ReadonlyMap<string, number>;
  /** Calls `listener` with the number of exchanges so far. */
  onExchange(listener: (count: number) => void): void;
  close(): Promise<void>;
}

const tokensOfInstance = 100;
const redirectUrls = ["https://app.example/callback"];

/** Installs an app on as many sites as its refresh tokens need. */
export async function createPlatformWithTokens(count: number): Promise<PlatformWithTokens> {
  const platform = await createTestPlatform({ seed: "migration" });
  const legacy = { appUrl: "https://app.example/", redirectUrls };
  const { appId, secret } = await platform.createApp({ legacy });
  const tokens = new Map<string, string>();
  const vault = new Vault(
    parseMasterKeys(createHash("sha256").update("master key").digest("hex")),
    randomBytes,
  );
  const deps = { ids: { guid: randomUUID, ordered: randomUUID }, random: randomBytes, vault };
  while (tokens.size < count) {
    const { siteId } = await platform.createSite();
    const { instanceId } = await platform.install({ appId, siteId });
    const owner = { appId, appGen: 1, instanceId, instanceGen: 1, now: platform.clock.now() };
    await platform.platform.database.write(async (trx) => {
      for (let index = 0; index < tokensOfInstance && tokens.size < count; index += 1) {
        tokens.set((await createRefreshToken(trx, deps, owner)).value, instanceId);
      }
    });
  }
  const proxy = await countExchanges(platform.url);
  return {
    platform,
    app: { appId, appSecret: secret.value },
    tokens,
    ...proxy,
    async close() {
      await proxy.close();
      await platform.close();
    },
  };
}

async function countExchanges(target: string) {
  const exchanges = new Map<string, number>();
  let total = 0;
  let listen: (count: number) => void = () => {};
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    if (request.url === "/oauth/access") {
      const { refresh_token: token } = JSON.parse(body) as { refresh_token: string };
      exchanges.set(token, (exchanges.get(token) ?? 0) + 1);
      total += 1;
      listen(total);
    }
    const { authorization } = request.headers;
    const sent = await fetch(target + request.url, {
      method: request.method ?? "POST",
      headers: { "content-type": "application/json", ...(authorization ? { authorization } : {}) },
      body,
    });
    response.writeHead(sent.status, { "content-type": "application/json" }).end(await sent.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    onExchange(listener: (count: number) => void) {
      listen = listener;
    },
    close: () =>
      new Promise<unknown>((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}
