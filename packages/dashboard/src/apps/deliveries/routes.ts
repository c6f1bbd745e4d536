import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { filtersOf } from "../../parts/filters.tsx";
import { app } from "../routes.tsx";

const deliveries = createRoute({
  getParentRoute: () => app,
  path: "/webhooks/deliveries",
  validateSearch: filtersOf(
    ...(["status", "outcome", "httpStatus", "eventType", "webhookId", "instanceId"] as const),
    ...(["eventId", "since", "until"] as const),
  ),
  component: lazyRouteComponent(() => import("./delivery-log.tsx"), "DeliveryLog"),
});

const delivery = createRoute({
  getParentRoute: () => app,
  path: "/webhooks/deliveries/$deliveryId",
  component: lazyRouteComponent(() => import("./delivery-page.tsx"), "DeliveryPage"),
});

/** The pages about the deliveries of an app. */
export const deliveryRoutes = [deliveries, delivery];
