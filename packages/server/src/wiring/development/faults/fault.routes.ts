import { z } from "zod";
import { change, list, type ManagementRoute, pageOf } from "../../../infrastructure/management/index.ts";
import { faultInput, faultResponse } from "./fault-input.ts";
import type { Faults } from "./faults.ts";

const tag = "Development";

/** Adds, lists and deletes faults. */
export function faultRoutes(faults: Faults): readonly ManagementRoute[] {
  return [
    list({
      path: "/dev/faults",
      tag,
      operationId: "listFaults",
      summary: "List the faults, oldest first",
      scope: "development",
      item: faultResponse,
      find: async ({ page }) => pageOf(faults.list(), page, ({ faultId }) => faultId),
      position: ({ faultId }) => faultId,
      show: (fault) => fault,
    }),
    change({
      method: "POST",
      path: "/dev/faults",
      tag,
      operationId: "addFault",
      summary: "Make the token endpoint, API calls or deliveries fail, to test how an app reacts; at most 100 faults",
      scope: "development",
      example: { target: "token", status: 503, retryAfter: 1, times: 3 },
      errors: ["TOO_MANY_FAULTS"],
      body: faultInput,
      response: faultResponse,
      handle: async ({ body }) => faults.add(body),
    }),
    change({
      method: "DELETE",
      path: "/dev/faults",
      tag,
      operationId: "deleteFaults",
      summary: "Delete every fault",
      scope: "development",
      response: z.object({}),
      async handle() {
        faults.clear();
        return {};
      },
    }),
  ];
}
