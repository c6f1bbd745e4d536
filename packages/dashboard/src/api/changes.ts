import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, type IdempotencyKey, newIdempotencyKey } from "./client.ts";
import type { components } from "./openapi.d.ts";
import { bodyOf, type Tagged, taggedBodyOf } from "./queries.ts";

/** An app, as the API shows it. */
export type App = components["schemas"]["App"];

/** A secret of an app, without its value. */
export type AppSecret = components["schemas"]["AppSecret"];

/** A change that a person can make. */
export interface Change<Input, Output> {
  readonly error: Error | null;
  readonly isPending: boolean;
  /** Makes the change. It waits while the server cannot be reached. Throws `Problem`. */
  run(input: Input): Promise<Output>;
}

/** A change after which everything below the key is read again. Attempts after a lost response have the same key. */
export function useChange<Input, Output>(
  queryKey: readonly string[],
  change: (input: Input, header: IdempotencyKey) => Promise<Output>,
): Change<Input, Output> {
  const client = useQueryClient();
  const { error, isPending, mutateAsync } = useMutation({
    mutationFn: ({ header, input }: { input: Input; header: IdempotencyKey }) => change(input, header),
    onSuccess: () => client.invalidateQueries({ queryKey }),
  });
  return { error, isPending, run: (input) => mutateAsync({ input, header: newIdempotencyKey() }) };
}

/** Registers an app. */
export const useCreateApp = () =>
  useChange(["apps"], async (body: { name: string }, header) =>
    bodyOf(await api.POST("/admin/v1/apps", { params: { header }, body })),
  );

/** Changes the name, the addresses or the scopes of an app, unless somebody else has changed the app. */
export const useChangeApp = (appId: string) =>
  useChange(["apps"], async ({ etag, ...body }: Tagged<Partial<Pick<App, "name" | "legacy" | "scopes">>>) => {
    const params = { path: { appId }, header: { "If-Match": etag } };
    return taggedBodyOf(await api.PATCH("/admin/v1/apps/{appId}", { params, body }));
  });

/** Creates another secret of an app. */
export const useCreateSecret = (appId: string) =>
  useChange(["apps", appId], async (body: { name: string; expiresAt?: string }, header) =>
    bodyOf(await api.POST("/admin/v1/apps/{appId}/secrets", { params: { path: { appId }, header }, body })),
  );

/** What can happen to a secret. */
export type SecretAction = "promote" | "compromise" | "delete";

/** Promotes, invalidates or deletes a secret of an app. */
export const useChangeSecret = (appId: string) =>
  useChange(
    ["apps", appId],
    async ({ action, secretId }: { action: SecretAction; secretId: string }, header) => {
      const path = { appId, secretId };
      const params = { path, header };
      if (action === "delete")
        await api.DELETE("/admin/v1/apps/{appId}/secrets/{secretId}", { params: { path } });
      if (action === "promote")
        await api.POST("/admin/v1/apps/{appId}/secrets/{secretId}/promote", { params });
      if (action === "compromise")
        await api.POST("/admin/v1/apps/{appId}/secrets/{secretId}/compromise", { params });
    },
  );

/** Revokes every access token of an app. */
export const useRevokeTokens = (appId: string) =>
  useChange(["apps", appId], async (_: undefined, header) => {
    await api.POST("/admin/v1/apps/{appId}/revoke-tokens", { params: { path: { appId }, header } });
  });
