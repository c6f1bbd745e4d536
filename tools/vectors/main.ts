import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { vectorsFolder, writeVectors } from "./vectors.ts";

// npm run vectors: writes the test vectors anew; what they say is in this folder.
const root = join(import.meta.dirname, "../..");
for (const [name, text] of Object.entries(writeVectors()))
  writeFileSync(join(root, vectorsFolder, name), text);
console.log(`Written: ${Object.keys(writeVectors()).join(", ")} in ${vectorsFolder}.`);
