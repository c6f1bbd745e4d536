export {
  type AppCredentials,
  credentialVariables,
  type ManagedPlatform,
  readCredentials,
  readManagedPlatform,
} from "./credentials.ts";
export { runProgram } from "./run-program.ts";
export { createTemporarySecret } from "./temporary-secret.ts";
