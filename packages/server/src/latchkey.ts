#!/usr/bin/env node
import "./required-node.ts";
import { runCommand } from "./wiring/commands/index.ts";

process.exitCode = await runCommand(process.argv.slice(2), process.env);
