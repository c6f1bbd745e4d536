import { useChange } from "../../api/changes.ts";
import { api } from "../../api/client.ts";
import type { paths } from "../../api/openapi.d.ts";
import { bodyOf, taggedBodyOf } from "../../api/queries.ts";
import type { SavedUrl } from "../url-form.tsx";
import { urlOf } from "./kinds.ts";
import type { Extension } from "./queries.ts";

type BodyOf<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;

/** The ids in the path of an extension. */
export interface ExtensionIds {
  readonly appId: string;
  readonly extensionId: string;
}

/** Adds a page or a service plugin to an app. */
export const useCreateExtension = (appId: string) =>
  useChange(["apps", appId], async (body: BodyOf<"/admin/v1/apps/{appId}/extensions">, header) =>
    bodyOf(
      await api.POST("/admin/v1/apps/{appId}/extensions", { params: { path: { appId }, header }, body }),
    ),
  );

/** Changes the URL of an extension, unless somebody else has changed it. */
export const useChangeExtension = ({ appId, extensionId, kind }: Extension) =>
  useChange(["apps", appId, "extensions"], async ({ etag, url }: SavedUrl) => {
    const params = { path: { appId, extensionId }, header: { "If-Match": etag } };
    const body = kind === "SERVICE_PLUGIN" ? { baseUri: url } : { url };
    const path = "/admin/v1/apps/{appId}/extensions/{extensionId}";
    const saved = taggedBodyOf(await api.PATCH(path, { params, body }));
    return { url: urlOf(saved), etag: saved.etag };
  });

/** Deletes an extension. The page that shows it is left, so it is not read again. */
export const useDeleteExtension = ({ appId, extensionId }: ExtensionIds) =>
  useChange(["apps", appId, "setup"], async (_: undefined) => {
    await api.DELETE("/admin/v1/apps/{appId}/extensions/{extensionId}", {
      params: { path: { appId, extensionId } },
    });
  });

/** Calls a service plugin. */
export const useTestExtension = ({ appId, extensionId }: ExtensionIds) =>
  useChange(
    ["apps", appId, "plugin-calls"],
    async (body: BodyOf<"/admin/v1/apps/{appId}/extensions/{extensionId}/test">, header) =>
      bodyOf(
        await api.POST("/admin/v1/apps/{appId}/extensions/{extensionId}/test", {
          params: { path: { appId, extensionId }, header },
          body,
        }),
      ),
  );
