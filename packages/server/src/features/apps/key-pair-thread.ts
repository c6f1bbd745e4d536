// A thread that generates one RSA key pair for each message (see app-keys.ts).
import { generateKeyPairSync } from "node:crypto";
import { constants, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";

// On Linux this sets the priority of this thread only. Requests for tokens come first.
if (process.platform === "linux") setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
parentPort?.on("message", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    publicKeyEncoding: { format: "pem", type: "spki" },
    privateKeyEncoding: { format: "pem", type: "pkcs8" },
  });
  parentPort?.postMessage({ publicPem: publicKey, privatePem: privateKey });
});
