// `npm run build`: emits the packages to their dist folders. `--repository <url>` first writes the address of the repository
// into their manifests.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildPackages } from "./build.ts";
import { writeRepository } from "./repository.ts";

const root = join(import.meta.dirname, "..", "..");
const { values } = parseArgs({ options: { repository: { type: "string" } } });
if (values.repository !== undefined) writeRepository(root, values.repository);
const problems = await buildPackages(root);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
