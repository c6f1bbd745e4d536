// Loaded by a child process before its program: checks its responses, and writes violations to `file` of the query.
import { appendFileSync } from "node:fs";
import { startChecking } from "./start-checking.ts";

const file = new URL(import.meta.url).searchParams.get("file") ?? "";
startChecking((violation) => appendFileSync(file, `${violation}\n`));
