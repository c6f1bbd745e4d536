export { type EndpointReport, type HealthNotice, reportHealth } from "./health.queries.ts";
export { endIntroductions, hasWaitingDeliveries, releaseIntroduced } from "./introductions.queries.ts";
export { pauseWebhook, resumeWebhook } from "./pause.queries.ts";
export {
  createSecretOpener,
  newSigningSecret,
  type OpenSecrets,
  oldSecretLife,
  signingSecretContext,
} from "./signing-secret.ts";
