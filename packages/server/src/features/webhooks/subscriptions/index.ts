export { webhookResealSteps } from "./reseal.ts";
export { lockWebhook, type NamedWebhook } from "./webhooks.queries.ts";
export { webhookRoutes } from "./webhooks.routes.ts";
export { createWebhooks, type Webhooks } from "./webhooks.ts";
