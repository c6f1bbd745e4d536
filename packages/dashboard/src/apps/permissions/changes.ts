import { type App, useChange } from "../../api/changes.ts";
import { api } from "../../api/client.ts";
import { bodyOf } from "../../api/queries.ts";

/** Changes the scopes that an app requests. */
export const useChangeScopes = (appId: string) =>
  useChange(["apps"], async (scopes: App["scopes"]) =>
    bodyOf(await api.PATCH("/admin/v1/apps/{appId}", { params: { path: { appId } }, body: { scopes } })),
  );
