import type { TestPlatform } from "@latchkey/server/testing";
import { managementCaller } from "@latchkey/test-support/management-client";
import { fillPath } from "@latchkey/test-support/management-operations";
import type { Fixtures } from "./fixtures.ts";
import { bodies } from "./valid-requests.ts";

interface Preparation {
  readonly call: string;
  /** The operation whose valid body the call has. Default: no body. */
  readonly bodyOf?: string;
}

const removal: Preparation = { call: "DELETE /instances/{instanceId}" };

/** Prepares the objects of an operation, by operation id. */
const preparations: Readonly<Record<string, Preparation>> = {
  createInstallLink: removal,
  deleteApp: removal,
  deletePreApproval: { call: "POST /apps/{appId}/pre-approvals", bodyOf: "createPreApprovals" },
  installApp: removal,
  removeDeveloper: { call: "POST /apps/{appId}/developers", bodyOf: "addDeveloper" },
  resumeInstance: { call: "POST /instances/{instanceId}/suspend" },
};

/** Prepares the objects of an operation, so that a request for it can succeed. */
export async function prepare(platform: TestPlatform, operationId: string, made: Fixtures): Promise<void> {
  const preparation = preparations[operationId];
  if (preparation === undefined) return;
  const body = bodies[preparation.bodyOf ?? ""]?.(made) as object | undefined;
  await managementCaller(platform)(fillPath(preparation.call, made.ids), { body });
}
