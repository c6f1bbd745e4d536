#!/usr/bin/env node
import "./engines.ts";
import { runCommand } from "./wiring/commands/index.ts";

process.exitCode = await runCommand(process.argv.slice(2), process.env);
