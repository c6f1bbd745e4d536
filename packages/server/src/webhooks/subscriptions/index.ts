export { webhookResealSteps } from "./reseal.ts";
export { webhookRoutes } from "./webhooks.routes.ts";
export { lockWebhook, type NamedWebhook } from "./webhooks.store.ts";
export { createWebhooks, type Webhooks } from "./webhooks.ts";
