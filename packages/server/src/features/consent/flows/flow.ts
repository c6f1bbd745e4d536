import type { z } from "zod";
import type { Clock } from "../../../infrastructure/clock/index.ts";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import type { Database, Queries } from "../../../infrastructure/database/index.ts";
import type { PageDependencies } from "../../../infrastructure/pages/index.ts";
import type { Accounts } from "../../accounts/index.ts";
import type { App } from "../../apps/index.ts";
import type { Instances } from "../../instances/index.ts";
import type { DestinationDependencies } from "../destination.ts";
import type { InstallRequests } from "../requests/index.ts";
import type { ReturnTo } from "../return-to.ts";

export interface FlowDependencies extends PageDependencies, DestinationDependencies {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly database: Database;
  readonly installRequests: InstallRequests;
  readonly instances: Instances;
  readonly vault: Vault;
}

/** A person who installs an app, and began at the app. */
export interface Flow {
  readonly app: App;
  readonly returnTo: ReturnTo;
  /** The install token with which the platform opened the App URL. */
  readonly token?: string | undefined;
}

/** The parameters of an address, which are fields of its form too. */
export type Fields = Readonly<Record<string, string | undefined>>;

/** A way to install an app that begins at the app. */
export interface FlowKind {
  readonly path: string;
  /** Ids of the operations that show the page and take its form. */
  readonly operations: { readonly show: string; readonly decide: string };
  readonly summary: string;
  /** Schemas of the parameters, which are strings. */
  readonly parameters: z.ZodObject;
  /** Checks the parameters. Throws `APP_NOT_FOUND`, `REDIRECT_NOT_REGISTERED`. */
  begin(db: Queries, parameters: Fields): Promise<Flow>;
}
