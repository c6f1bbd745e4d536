export { type AppCredentials, credentialVariables, readCredentials, readVariables } from "./credentials.ts";
export { runProgram } from "./run-program.ts";
export { createTemporarySecret, type TemporarySecret } from "./temporary-secret.ts";
