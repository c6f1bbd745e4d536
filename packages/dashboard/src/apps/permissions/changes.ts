import { type App, useChange } from "../../api/changes.ts";
import { api } from "../../api/client.ts";
import { bodyOf } from "../../api/queries.ts";

/** Changes the scopes that an app requests, unless somebody has changed the app since it had this ETag. */
export const useChangeScopes = (appId: string) =>
  useChange(["apps"], async ({ scopes, tag }: { scopes: App["scopes"]; tag: string }) =>
    bodyOf(
      await api.PATCH("/admin/v1/apps/{appId}", {
        params: { path: { appId }, header: { "If-Match": tag } },
        body: { scopes },
      }),
    ),
  );
