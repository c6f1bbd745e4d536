export { type EndpointReport, type HealthNotice, reportHealth } from "./endpoint-health.queries.ts";
export { pauseWebhook, resumeWebhook } from "./pause-webhook.queries.ts";
export { listUnhealthyWebhooks } from "./unhealthy-webhooks.queries.ts";
