// The minimum of a delivery: RS256 in the thread pool, HMAC, one POST with undici. It stores nothing.
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { Agent } from "undici";
import { createRs256Signer } from "../baselines/rs256-signer.ts";

const sign = createRs256Signer("webhook+jwt");
const secret = randomBytes(32);
const agent = new Agent({
  connections: 128,
  pipelining: 1,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: 4_000,
});
const payload = JSON.stringify({ n: 1, text: "x".repeat(100) });

interface Task {
  readonly origin: string;
  readonly endpoints: number;
  readonly deliveries: number;
  readonly atOnce: number;
}

// The channel alone does not keep this process alive.
setInterval(() => {}, 60_000);
process.on("message", (task: Task | "usage") => {
  if (task === "usage") return;
  void deliver(task).then(() => process.send?.(true));
});

async function deliver({ atOnce, deliveries, endpoints, origin }: Task): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < deliveries) {
      const path = `/good/${next % endpoints}`;
      next += 1;
      const { body, headers } = await signed();
      const response = await agent.request({ origin, path, method: "POST", body, headers });
      await response.body.text();
      if (response.statusCode !== 200) throw new Error(`The endpoint returned ${response.statusCode}.`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function signed(): Promise<{ body: string; headers: Record<string, string> }> {
  const iat = Math.floor(Date.now() / 1_000);
  const id = randomUUID();
  const data = JSON.stringify({ data: payload, instanceId: id, eventType: "own" });
  const body = await sign({
    iss: "bare",
    aud: id,
    iat,
    exp: iat + 300,
    jti: randomUUID(),
    event_id: id,
    data,
  });
  const mac = createHmac("sha256", secret).update(`${id}.${iat}.${body}`).digest("base64");
  return {
    body,
    headers: { "webhook-id": id, "webhook-timestamp": String(iat), "webhook-signature": `v1,${mac}` },
  };
}
