import { useChange } from "../../api/changes.ts";
import { api } from "../../api/client.ts";
import { bodyOf } from "../../api/queries.ts";

/** Sends a delivery again. */
export const useResend = (appId: string, deliveryId: string) =>
  useChange(["apps", appId], async (_: undefined, header) =>
    bodyOf(
      await api.POST("/admin/v1/deliveries/{deliveryId}/resend", {
        params: { path: { deliveryId }, header },
      }),
    ),
  );
