import { randomInt } from "node:crypto";
import { createServer } from "node:net";

// Below those that systems give to connections, so that no connection takes the port meanwhile.
const [first, end] = [10_240, 32_768];

/** A loopback port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const port = randomInt(first, end);
  return (await isFree(port)) ? port : await freePort();
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
