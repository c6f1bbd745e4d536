export {
  claimConfirmations,
  confirmAddress,
  hasDueConfirmation,
  refuseAddress,
  requestConfirmation,
} from "./confirmation.queries.ts";
export { webhookResealSteps } from "./reseal-secrets.queries.ts";
export { createSecretOpener, type OpenSecrets } from "./signing-secret.ts";
export { lockWebhook, type WebhookIds } from "./webhooks.queries.ts";
export { webhookRoutes } from "./webhooks.routes.ts";
export { requireConfirmed, Webhooks } from "./webhooks.ts";
