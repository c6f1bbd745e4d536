// `npm run build`: emits the packages to their dist folders.
import { join } from "node:path";
import { buildPackages } from "./build.ts";

const problems = await buildPackages(join(import.meta.dirname, "..", ".."));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
