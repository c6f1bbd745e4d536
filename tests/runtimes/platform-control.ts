import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createTestPlatform, type TestPlatform, type TestPlatformOptions } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";

interface Call {
  readonly method: string;
  readonly id?: number;
  readonly args: readonly unknown[];
}

/** Test platforms that programs in other runtimes start and use by HTTP. */
export interface PlatformControl {
  readonly url: string;
  close(): Promise<void>;
}

type Methods = Readonly<Record<string, ((...args: readonly unknown[]) => unknown) | undefined>>;

/** Serves test platforms: each request names a method of one, with its arguments. */
export async function startPlatformControl(): Promise<PlatformControl> {
  const platforms: TestPlatform[] = [];
  const start = async (options: TestPlatformOptions): Promise<object> => {
    const resources = options.resources === undefined ? {} : { resources: [stores] };
    const platform = await createTestPlatform({ ...options, ...resources });
    const { adminKey, clock, url } = platform;
    return { id: platforms.push(platform) - 1, url, adminKey, now: clock.now() };
  };
  const answer = async ({ args, id, method }: Call): Promise<unknown> => {
    if (method === "start") return await start(args[0] as TestPlatformOptions);
    const platform = platforms[id ?? -1];
    if (platform === undefined) throw new Error(`There is no platform ${id}.`);
    if (method === "advance") {
      await platform.clock.advance(args[0] as string | number);
      return platform.clock.now();
    }
    if (method === "signingKey") {
      const { kid, privateKey } = await platform.signingKey();
      return { kid, jwk: privateKey.export({ format: "jwk" }) };
    }
    return await (platform as unknown as Methods)[method]?.(...args);
  };
  const server = createServer(async (request, response) => {
    const call: Call = JSON.parse(await text(request));
    const body = await answer(call).then(
      (value) => ({ value }),
      (error: unknown) => ({ error: String(error) }),
    );
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
