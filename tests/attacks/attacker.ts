// A process that attacks a server: it receives what the attackers have, attacks until "stop", and sends the turns of each attack.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { constants, setPriority } from "node:os";
import { attackAll } from "./attacks.ts";
import type { Attackers } from "./setup.ts";

// The attacker represents other machines, so its process has a lower priority than the measured server.
setPriority(constants.priority.PRIORITY_LOW);

const endpoint = createServer((request, response) => {
  request.resume();
  if (request.url?.startsWith("/plugin")) {
    const body = { applicationError: { code: "X\u0000Y", description: "\ud800" } };
    response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify(body));
    return;
  }
  // Just within the timeout of the policy `wix`.
  setTimeout(() => response.writeHead(200).end(), 1_150);
}).listen(0, "127.0.0.1");
await once(endpoint, "listening");
process.send?.(`http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`);

const [attackers] = (await once(process, "message")) as [Attackers];
let running = true;
process.once("message", () => {
  running = false;
});
const turns = await attackAll(attackers, () => running);
process.send?.(turns);
endpoint.closeAllConnections();
endpoint.close();
process.disconnect?.();
