import { type IncomingMessage, type Server, request as sendRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { createBookingScopes, createOwnApi, type OwnApi } from "@latchkey/test-support/own-api";
import express from "express";
import { fastify, type preHandlerHookHandler } from "fastify";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  accessOf,
  createResourceServer,
  expressGuard,
  fastifyGuard,
  honoGuard,
  type ResourceServer,
} from "./index.ts";

interface RunningApi {
  readonly url: string;
  close(): Promise<unknown>;
}

// The same API on each framework: two routes with a guard, one whose handler has no guard, and one whose response is
// sent while its guard is still waiting, as by a timeout.
const frameworks = {
  async Hono(bookings: ResourceServer): Promise<RunningApi> {
    const app = new Hono()
      .get("/bookings", honoGuard(bookings, "BOOKINGS.READ"), (c) => c.json(accessOf(c)))
      .delete("/bookings", honoGuard(bookings, "BOOKINGS.MANAGE"), (c) => c.json({}))
      .get("/unguarded", (c) => c.json(accessOf(c)))
      .get(
        "/late",
        async (c, next) => {
          void next();
          return c.json({}, 504);
        },
        honoGuard(bookings),
      );
    app.onError((_, c) => c.json({}, 500));
    return await listening(createAdaptorServer({ fetch: app.fetch }) as Server);
  },
  async Express(bookings: ResourceServer): Promise<RunningApi> {
    const app = express();
    // Express prints errors unless `env` is "test".
    app.set("env", "test");
    app.get("/bookings", expressGuard(bookings, "BOOKINGS.READ"), (request, response) => {
      response.json(accessOf(request));
    });
    app.delete("/bookings", expressGuard(bookings, "BOOKINGS.MANAGE"), (_request, response) => {
      response.json({});
    });
    app.get("/unguarded", (request, response) => {
      response.json(accessOf(request));
    });
    const respondFirst: express.RequestHandler = (_request, response, next) => {
      next();
      response.status(504).json({});
    };
    app.get("/late", respondFirst, expressGuard(bookings));
    const { createServer } = await import("node:http");
    return await listening(createServer(app));
  },
  async Fastify(bookings: ResourceServer): Promise<RunningApi> {
    const app = fastify();
    const mayRead = fastifyGuard(bookings, "BOOKINGS.READ");
    app.get("/bookings", { preHandler: mayRead }, async (request) => accessOf(request));
    const mayManage = fastifyGuard(bookings, "BOOKINGS.MANAGE");
    app.delete("/bookings", { onRequest: mayManage }, async () => ({}));
    app.get("/unguarded", async (request) => accessOf(request));
    const respondFirst: preHandlerHookHandler = (_request, reply, done) => {
      done();
      reply.code(504).send({});
    };
    app.get("/late", { preHandler: [respondFirst, fastifyGuard(bookings)] }, async () => ({}));
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    return { url, close: () => app.close() };
  },
};

async function listening(server: Server): Promise<RunningApi> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

describe.each(Object.entries(frameworks))("under %s", (_, start) => {
  let platform: TestPlatform;
  let api: OwnApi;
  let running: RunningApi;
  let broken = false;

  beforeAll(async () => {
    // The API uses the system clock; the clock of the platform is stopped.
    platform = await createTestPlatform();
    await createBookingScopes(platform);
    api = await createOwnApi(platform, "https://api.example.com/bookings");
    const { apiKey, audience } = api;
    const bookings = createResourceServer({
      issuer: platform.url,
      audience,
      apiKey,
      fetch: (input, init) => (broken ? Promise.reject(new TypeError("fetch failed")) : fetch(input, init)),
    });
    running = await start(bookings);
  });
  afterAll(async () => {
    await running.close();
    await platform.close();
  });

  async function call(method: string, path: string, ...authorizations: string[]) {
    const given = authorizations.flatMap((authorization) => ["authorization", authorization]);
    const headers = ["host", "127.0.0.1", ...given];
    const message = await new Promise<IncomingMessage>((resolve, reject) => {
      sendRequest(`${running.url}${path}`, { method, headers }, resolve).on("error", reject).end();
    });
    let text = "";
    for await (const chunk of message.setEncoding("utf8")) text += chunk;
    return { status: message.statusCode, headers: message.headers, body: JSON.parse(text) };
  }

  test("the handler gets the caller of a request with a valid token", async () => {
    const token = await api.mint();
    for (const authorization of [token, `Bearer ${token}`]) {
      const { body, status } = await call("GET", "/bookings", authorization);
      expect([status, body]).toEqual([
        200,
        {
          appId: api.appId,
          instanceId: api.instanceId,
          siteId: api.siteId,
          scopes: ["SCOPE.BOOKINGS.READ", "SCOPE.DC.MANAGE-YOUR-APP"],
          permissions: ["BOOKINGS.READ", "WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
        },
      ]);
    }
  });

  test.each([
    ["no token", [], "Bearer"],
    ["an invalid token", ["Bearer x"], 'Bearer error="invalid_token"'],
  ])("a request with %s gets 401 and never reaches the handler", async (__, authorizations, challenge) => {
    const { body, headers, status } = await call("GET", "/bookings", ...authorizations);
    expect([status, body.details.applicationError.code]).toEqual([401, "UNAUTHENTICATED"]);
    expect([headers["www-authenticate"], headers["cache-control"]]).toEqual([challenge, "no-store"]);
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
  });

  test("E10 a request with two Authorization headers gets 401, even when both are valid", async () => {
    const authorization = `Bearer ${await api.mint()}`;
    expect((await call("GET", "/bookings", authorization, authorization)).status).toBe(401);
  });

  test("a request without the permission gets 403 that names it", async () => {
    const { body, headers, status } = await call("DELETE", "/bookings", await api.mint());
    expect([status, body.details.applicationError.data, headers["www-authenticate"]]).toEqual([
      403,
      { permission: "BOOKINGS.MANAGE" },
      'Bearer error="insufficient_scope"',
    ]);
  });

  test("a request whose token cannot be checked gets 503 with Retry-After", async () => {
    const token = await api.mint();
    broken = true;
    const { body, headers, status } = await call("GET", "/bookings", token);
    broken = false;
    expect([status, headers["retry-after"], body]).toEqual([503, "1", { message: "", details: {} }]);
    expect((await call("GET", "/bookings", token)).status).toBe(200);
  });

  test("a guard that rejects a request after its response does not end the process", async () => {
    const rejections: unknown[] = [];
    const remember = (error: unknown) => rejections.push(error);
    process.on("unhandledRejection", remember);
    broken = true;
    const responses = [await call("GET", "/late"), await call("GET", "/late", await api.mint())];
    broken = false;
    // This request goes to the platform, so the guards have finished when it returns.
    expect((await call("GET", "/bookings", await api.mint())).status).toBe(200);
    process.off("unhandledRejection", remember);
    expect(responses.map(({ status }) => status)).toEqual([504, 504]);
    expect(rejections).toEqual([]);
  });

  test("accessOf throws without a guard", async () => {
    const message = "No guard has authorized this request. Add a guard to the route.";
    expect(() => accessOf({})).toThrow(new TypeError(message));
    const response = await fetch(`${running.url}/unguarded`, {
      headers: { authorization: await api.mint() },
    });
    expect(response.status).toBe(500);
  });

  test("a token is rejected after its revocation", async () => {
    const token = await api.mint();
    expect((await call("GET", "/bookings", token)).status).toBe(200);
    await platform.suspend(api.instanceId);
    let status: number | undefined = 200;
    while (status === 200) ({ status } = await call("GET", "/bookings", token));
    expect(status).toBe(401);
    await platform.resume(api.instanceId);
  });
});
