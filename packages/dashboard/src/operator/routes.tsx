import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { filtersOf } from "../parts/filters.tsx";
import { root } from "../shell/root.ts";

const operator = createRoute({
  getParentRoute: () => root,
  path: "/operator",
  component: lazyRouteComponent(() => import("./operator-pages.tsx"), "OperatorPages"),
});

const start = createRoute({
  getParentRoute: () => operator,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/operator/health", replace: true });
  },
});

const health = createRoute({
  getParentRoute: () => operator,
  path: "/health",
  validateSearch: filtersOf("step"),
  component: lazyRouteComponent(() => import("./health/health-page.tsx"), "HealthPage"),
});

const keys = createRoute({
  getParentRoute: () => operator,
  path: "/keys",
  component: lazyRouteComponent(() => import("./keys/signing-keys-page.tsx"), "SigningKeysPage"),
});

const apiKeys = createRoute({
  getParentRoute: () => operator,
  path: "/api-keys",
  component: lazyRouteComponent(() => import("./keys/api-keys-page.tsx"), "ApiKeysPage"),
});

const audit = createRoute({
  getParentRoute: () => operator,
  path: "/audit",
  validateSearch: filtersOf(
    ...(["actor", "action", "appId", "siteId", "instanceId", "requestId", "since", "until"] as const),
  ),
  component: lazyRouteComponent(() => import("./audit/audit-page.tsx"), "AuditPage"),
});

const accounts = createRoute({
  getParentRoute: () => operator,
  path: "/accounts",
  validateSearch: filtersOf("email"),
  component: lazyRouteComponent(() => import("./accounts/accounts-page.tsx"), "AccountsPage"),
});

const account = createRoute({
  getParentRoute: () => operator,
  path: "/accounts/$accountId",
  component: lazyRouteComponent(() => import("./accounts/account-page.tsx"), "AccountPage"),
});

const approvals = createRoute({
  getParentRoute: () => operator,
  path: "/approvals",
  component: lazyRouteComponent(() => import("./approvals/approvals-page.tsx"), "ApprovalsPage"),
});

const retention = createRoute({
  getParentRoute: () => operator,
  path: "/retention",
  component: lazyRouteComponent(() => import("./retention/retention-page.tsx"), "RetentionPage"),
});

const jobs = createRoute({
  getParentRoute: () => operator,
  path: "/jobs",
  validateSearch: filtersOf("action", "state"),
  component: lazyRouteComponent(() => import("./jobs-page.tsx"), "JobsPage"),
});

const pages = [start, health, keys, apiKeys, audit, accounts, account, approvals, retention, jobs];

/** The pages for operators. */
export const operatorRoutes = [operator.addChildren(pages)];
