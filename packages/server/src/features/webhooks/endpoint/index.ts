export { type EndpointReport, type HealthNotice, reportHealth } from "./health.queries.ts";
export { holdWebhook, releaseWebhook } from "./hold.queries.ts";
export { endIntroductions, hasWaitingDeliveries, releaseIntroduced } from "./introductions.queries.ts";
export {
  createSecretOpener,
  newSigningSecret,
  type OpenSecrets,
  oldSecretLife,
  signingSecretContext,
} from "./signing-secret.ts";
