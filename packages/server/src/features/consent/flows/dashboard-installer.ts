import { z } from "zod";
import { guid } from "../../../infrastructure/routes/index.ts";
import { readApp } from "../../apps/index.ts";
import type { FlowKind } from "./flow.ts";

/** The way from a site's page of the dashboard, to which the person returns. */
export function dashboardInstaller({ publicUrl }: { readonly publicUrl: string }): FlowKind {
  return {
    path: "/installer/dashboard",
    operations: { show: "showDashboardInstaller", decide: "decideInDashboardInstaller" },
    summary: "Install an app from the dashboard, and return to the page of the site",
    parameters: z.object({ appId: guid }),
    async begin(db, { appId = "", siteId = "" }) {
      const url = `${publicUrl}/dashboard/sites/${siteId}`;
      return { app: await readApp(db, appId), returnTo: { kind: "dashboard", url } };
    },
  };
}
