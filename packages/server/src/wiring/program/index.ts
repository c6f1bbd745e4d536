export { type AppCredentials, credentialVariables, readCredentials, readVariables } from "./credentials.ts";
export { runProgram } from "./run-program.ts";
export { createTemporarySecret } from "./temporary-secret.ts";
