#!/usr/bin/env node
const { emitWarning } = process;
// Node 22 warns that its SQLite is experimental. The server is tested with it.
process.emitWarning = (warning: string | Error, ...details: unknown[]): void => {
  if (String(warning).startsWith("SQLite is an experimental feature")) return;
  Reflect.apply(emitWarning, process, [warning, ...details]);
};
const { runCommand } = await import("./wiring/commands/index.ts");

process.exitCode = await runCommand(process.argv.slice(2), process.env);

export {};
