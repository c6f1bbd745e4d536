// Loaded before the third-party client. It sends the client's requests to the test platform and changes nothing else.
import { blockOutsideConnections } from "../../setup/outside-connections.ts";

const shown = "https://www.wixapis.com";
const real = process.env.LATCHKEY_URL ?? "";
const { fetch } = globalThis;

blockOutsideConnections();
globalThis.fetch = (input, init) => {
  const url = input instanceof Request ? input.url : String(input);
  if (!url.startsWith(`${shown}/`)) return fetch(input, init);
  const swapped = real + url.slice(shown.length);
  return fetch(input instanceof Request ? new Request(swapped, input) : swapped, init);
};
