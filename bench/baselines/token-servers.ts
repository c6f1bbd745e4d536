import type { Subject } from "../comparison.ts";
import { tokenRequestOf } from "../platform/installed-app.ts";
import { type Child, startChild } from "../processes/child.ts";
import { baselineCredentials as known } from "./credentials.ts";

/** A subject that issues tokens. */
export interface TokenSubject extends Subject {
  readonly jwksUrl: string;
}

/** A token endpoint on `node:http` without a framework. */
export async function startBareServer(stack: AsyncDisposableStack, name: string): Promise<TokenSubject> {
  const { child, url } = await startBaseline(stack, "bare-server.ts");
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

/** node-oidc-provider, the most used OAuth server on Node. */
export async function startOidcProvider(stack: AsyncDisposableStack, name: string): Promise<TokenSubject> {
  const { child, url } = await startBaseline(stack, "oidc-provider.ts");
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

async function startBaseline(
  stack: AsyncDisposableStack,
  file: string,
): Promise<{ child: Child; url: string }> {
  const child = startChild(new URL(file, import.meta.url), {
    core: "server",
    env: { NODE_ENV: "production" },
  });
  stack.defer(() => child.stop());
  return { child, url: await child.ask<string>("url") };
}
