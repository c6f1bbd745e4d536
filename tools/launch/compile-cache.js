// Loaded before the program: keeps compiled modules in node_modules, so that the processes of a test run compile them once.
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/compile", import.meta.url)));
