// The minimum of a service-plugin call: it reads the request, signs a JWT with RS256 in the thread pool, sends it with undici
// and returns the response. It has one app, validates no schema and stores nothing.
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Agent } from "undici";
import { createRs256Signer } from "../baselines/rs256-signer.ts";
import { serve } from "../baselines/serve.ts";

const sign = createRs256Signer("service-plugin+jwt");
const agent = new Agent({ connections: 128, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
const appId = randomUUID();
const instanceId = randomUUID();

serve((request, response) => {
  void receive(request).then(async (body) => {
    const [, origin = ""] = (request.url ?? "").split("?origin=");
    const started = performance.now();
    const result = await agent.request({
      ...{ origin: decodeURIComponent(origin), path: "/v1/getRates", method: "POST" },
      body: await signed(JSON.parse(body)),
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
    const entry = {
      ...{ appId, instanceId, response: await result.body.json() },
      durationMs: Math.round(performance.now() - started),
    };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ requestId: randomUUID(), results: [entry] }));
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
