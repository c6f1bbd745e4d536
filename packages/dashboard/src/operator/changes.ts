import { useChange } from "../api/changes.ts";
import { api } from "../api/client.ts";
import type { paths } from "../api/openapi.d.ts";
import { bodyOf } from "../api/queries.ts";

type Method = "post" | "patch";
/** The body of an operation. */
export type BodyOf<Path extends keyof paths, Of extends Method> = paths[Path][Of] extends {
  requestBody?: { content: { "application/json": infer Body } };
}
  ? Body
  : never;

/** Announces a signing key, or creates one that signs at once. */
export const useCreateSigningKey = () =>
  useChange(["operator", "keys"], async (body: { activateNow: boolean }, header) =>
    bodyOf(await api.POST("/admin/v1/keys", { params: { header }, body })),
  );

/** Retires a signing key; a compromised one verifies nothing from now on. */
export const useRetireSigningKey = () =>
  useChange(["operator", "keys"], async ({ kid, ...body }: { kid: string; compromised: boolean }, header) =>
    bodyOf(await api.POST("/admin/v1/keys/{kid}/retire", { params: { path: { kid }, header }, body })),
  );

export const useCreateApiKey = () =>
  useChange(["operator", "api-keys"], async (body: BodyOf<"/admin/v1/api-keys", "post">, header) =>
    bodyOf(await api.POST("/admin/v1/api-keys", { params: { header }, body })),
  );

/** Deletes a key of the API, and with `cascade` the keys that it created. */
export const useDeleteApiKey = () =>
  useChange(["operator", "api-keys"], async ({ cascade, keyId }: { keyId: string; cascade: boolean }) => {
    const query = { cascade: cascade ? ("true" as const) : ("false" as const) };
    await api.DELETE("/admin/v1/api-keys/{keyId}", { params: { path: { keyId }, query } });
  });

export const useCreateAccount = () =>
  useChange(["operator", "accounts"], async (body: BodyOf<"/admin/v1/accounts", "post">, header) =>
    bodyOf(await api.POST("/admin/v1/accounts", { params: { header }, body })),
  );

export const useChangeAccount = (accountId: string) =>
  useChange(["operator", "accounts"], async (body: BodyOf<"/admin/v1/accounts/{accountId}", "patch">) =>
    bodyOf(await api.PATCH("/admin/v1/accounts/{accountId}", { params: { path: { accountId } }, body })),
  );

export const useDeleteAccount = (accountId: string) =>
  useChange(["operator", "accounts", "list"], async (_: undefined) => {
    await api.DELETE("/admin/v1/accounts/{accountId}", { params: { path: { accountId } } });
  });

interface Decision {
  readonly siteId: string;
  readonly requestId: string;
  readonly approve: boolean;
}

/** Decides a request to install an app in place of the owner of the site. */
export const useDecideInstallRequest = () =>
  useChange(["operator", "install-requests"], async ({ approve, ...path }: Decision, header) => {
    const params = { path, header };
    if (approve) {
      const url = "/admin/v1/sites/{siteId}/install-requests/{requestId}/approve";
      await api.POST(url, { params, body: {} });
    } else await api.POST("/admin/v1/sites/{siteId}/install-requests/{requestId}/decline", { params });
  });

export const useChangeRetention = () =>
  useChange(["operator", "retention"], async (body: BodyOf<"/admin/v1/settings/retention", "patch">) =>
    bodyOf(await api.PATCH("/admin/v1/settings/retention", { body })),
  );
