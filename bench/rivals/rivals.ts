import type { Subject } from "../comparison.ts";
import { tokenRequestOf } from "../platform/installation.ts";
import { type Child, startChild } from "../processes/child.ts";
import { rivalCredentials as known } from "./credentials.ts";

/** A subject whose tokens can be checked. */
export interface TokenSubject extends Subject {
  readonly jwksUrl: string;
}

/** A server of tokens on nothing but node:http. */
export async function startBareServer(stack: AsyncDisposableStack, name: string): Promise<TokenSubject> {
  const { child, url } = await startRival(stack, "bare-server.ts");
  return {
    name,
    servers: [child],
    database: undefined,
    jwksUrl: `${url}/jwks`,
    job: {
      urls: [`${url}/token`],
      method: "POST",
      headers: { "content-type": "application/json" },
      bodies: { kind: "listed", texts: [tokenRequestOf(known)] },
      check: { kind: "access-token" },
    },
  };
}

/** The most used OAuth server of Node. */
export async function startOidcProvider(stack: AsyncDisposableStack, name: string): Promise<TokenSubject> {
  const { child, url } = await startRival(stack, "oidc-provider.ts");
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: known.appId,
    client_secret: known.appSecret,
    scope: known.scope,
    resource: known.resource,
  });
  return {
    name,
    servers: [child],
    database: undefined,
    jwksUrl: `${url}/jwks`,
    job: {
      urls: [`${url}/token`],
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      bodies: { kind: "listed", texts: [body.toString()] },
      check: { kind: "access-token" },
    },
  };
}

async function startRival(stack: AsyncDisposableStack, file: string): Promise<{ child: Child; url: string }> {
  const child = startChild(new URL(file, import.meta.url), {
    core: "server",
    env: { NODE_ENV: "production" },
  });
  stack.defer(() => child.stop());
  return { child, url: await child.ask<string>("url") };
}
