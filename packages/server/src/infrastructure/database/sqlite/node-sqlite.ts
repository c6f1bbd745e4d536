/**
 * The module `node:sqlite`. It is not imported, because an old Node would then fail with the name of this module, before
 * the check of its version runs.
 */
export const sqlite: typeof import("node:sqlite") = loadQuietly();

/** Node 22 warns that the module is experimental. The server is tested with it. */
function loadQuietly(): typeof import("node:sqlite") {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}
