/**
 * The module `node:sqlite`. It is not imported, because an old Node would then fail with the name of this module, before
 * the check of its version runs.
 */
export const sqlite: typeof import("node:sqlite") = process.getBuiltinModule("node:sqlite");
