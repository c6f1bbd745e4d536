export { openSigningSecrets } from "./signing-secret.ts";
