import { z } from "zod";
import { guid } from "../../../infrastructure/routes/index.ts";
import { readApp } from "../../apps/index.ts";
import { type ReturnTo, requireRegistered } from "../return-to.ts";
import type { FlowKind } from "./flow.ts";

/** The external install flow (wire §3.3, §16): an app sends a person here, who returns with the instance. */
export const appInstaller: FlowKind = {
  path: "/app-installer",
  operations: { show: "showAppInstaller", decide: "decideInAppInstaller" },
  summary: "Install an app from its own website, and return there with the instance",
  parameters: z.object({
    appId: guid,
    postInstallationUrl: z.string().max(8_000),
    shareUrlId: z.string().max(200).optional(),
  }),
  async begin(db, { appId = "", postInstallationUrl: url = "" }) {
    const app = await readApp(db, appId);
    const returnTo: ReturnTo = { kind: "app-installer", url };
    requireRegistered(app, returnTo);
    return { app, returnTo };
  },
};
