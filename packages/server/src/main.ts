import "./engines.ts";
import { runCommand } from "./wiring/commands/index.ts";

// The server as a process: configured by its environment, ended by SIGTERM or SIGINT.
process.exitCode = await runCommand(["serve"], process.env);
