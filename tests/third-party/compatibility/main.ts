// Writes docs/reference/compatibility.md: `node --conditions=latchkey-source tests/third-party/compatibility/main.ts`.
import { writeFileSync } from "node:fs";
import { documentFile, findContradictions, writeDocument } from "./compatibility-document.ts";
import { runThirdPartyClient } from "./run-client.ts";

const report = await runThirdPartyClient();
const contradictions = findContradictions(report);
if (contradictions.length === 0) writeFileSync(documentFile, writeDocument(report));
else {
  console.error(contradictions.join("\n"));
  process.exitCode = 1;
}
