// The least that calls an app: takes the request, signs it with RS256 in the thread pool, sends it by undici, passes the
// answer on. It knows one app, checks no schema and keeps nothing.
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Agent } from "undici";
import { createRs256Signer } from "../rivals/rs256-signer.ts";
import { serve } from "../rivals/serve.ts";

const sign = createRs256Signer("service-plugin+jwt");
const agent = new Agent({ connections: 128, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
const appId = randomUUID();
const instanceId = randomUUID();

serve((request, response) => {
  void receive(request).then(async (body) => {
    const [, origin = ""] = (request.url ?? "").split("?origin=");
    const started = performance.now();
    const answer = await agent.request({
      ...{ origin: decodeURIComponent(origin), path: "/v1/getRates", method: "POST" },
      body: await signed(JSON.parse(body)),
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
    const result = {
      ...{ appId, instanceId, response: await answer.body.json() },
      durationMs: Math.round(performance.now() - started),
    };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ requestId: randomUUID(), results: [result] }));
  });
});

async function receive(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function signed(call: { request: object }): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000);
  const metadata = { requestId: randomUUID(), instanceId, appExtensionType: "ECOM_SHIPPING_RATES" };
  const data = { request: call.request, metadata };
  return sign({ iss: "bare", aud: appId, iat, exp: iat + 60, jti: randomUUID(), data });
}
