import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { app } from "../routes.tsx";

const webhooks = createRoute({
  getParentRoute: () => app,
  path: "/webhooks",
  component: lazyRouteComponent(() => import("./webhooks-page.tsx"), "WebhooksPage"),
});

const webhook = createRoute({
  getParentRoute: () => app,
  path: "/webhooks/$webhookId",
  component: lazyRouteComponent(() => import("./webhook-page.tsx"), "WebhookPage"),
});

/** The pages about the webhooks of an app. */
export const webhookRoutes = [webhooks, webhook];
