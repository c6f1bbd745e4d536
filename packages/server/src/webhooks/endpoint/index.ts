export { type EndpointReport, type HealthNotice, reportHealth } from "./health.store.ts";
export { holdWebhook, releaseWebhook } from "./hold.store.ts";
export { endIntroductions, hasWaitingDeliveries, releaseIntroduced } from "./introductions.store.ts";
export {
  createSecretOpener,
  newSigningSecret,
  type OpenSecrets,
  oldSecretLife,
  signingSecretContext,
} from "./signing-secret.ts";
