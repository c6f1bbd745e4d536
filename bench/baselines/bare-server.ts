// The minimum of a token endpoint on node:http: it reads the body, checks the secret, signs in the thread pool and responds.
// It has one app in memory and validates nothing else.
import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
  timingSafeEqual,
} from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AccessTokenClaims } from "@latchkey/protocol";
import { baselineCredentials as known } from "./credentials.ts";
import { serve } from "./serve.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const kid = "bare-1";
const header = encode({ alg: "ES256", typ: "at+jwt", kid });
const pepper = randomBytes(32);
const apps = new Map([
  [known.appId as string, { digest: digestOf(known.appSecret), secretId: known.secretId }],
]);

serve((request, response) => {
  if (request.url === "/jwks") {
    send(response, 200, { keys: [{ ...createPublicKey(privateKey).export({ format: "jwk" }), kid }] });
  } else {
    receive(request, (body) => issueToken(body, response));
  }
});

function receive(request: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => done(Buffer.concat(chunks).toString()));
}

function issueToken(body: string, response: ServerResponse): void {
  const { client_id, client_secret, instance_id } = JSON.parse(body) as Record<string, string>;
  const app = apps.get(client_id ?? "");
  if (app === undefined || !timingSafeEqual(app.digest, digestOf(client_secret ?? ""))) {
    send(response, 401, { error: "invalid_client" });
    return;
  }
  const now = Math.floor(Date.now() / 1_000);
  const claims: AccessTokenClaims = {
    iss: known.resource,
    aud: known.resource,
    client_id: known.appId,
    sub: known.appId,
    instance_id: instance_id ?? "",
    site_id: known.siteId,
    scope: known.scope,
    iat: now,
    exp: now + 14_400,
    jti: randomUUID(),
    gen: [0, 0, 0],
    secret_id: app.secretId,
  };
  const signed = `${header}.${encode(claims)}`;
  sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" }, (error, signature) => {
    if (error) throw error;
    const access_token = `${signed}.${signature.toString("base64url")}`;
    send(response, 200, { access_token, token_type: "Bearer", expires_in: 14_400 });
  });
}

function digestOf(secret: string): Buffer {
  return createHmac("sha256", pepper).update(secret).digest();
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
  });
  response.end(body);
}
