import { useChange } from "../api/changes.ts";
import { api } from "../api/client.ts";
import { bodyOf } from "../api/queries.ts";

/** Ends a session. */
export const useEndSession = () =>
  useChange(["account"], async (sessionId: string) => {
    await api.DELETE("/admin/v1/me/sessions/{sessionId}", { params: { path: { sessionId } } });
  });

/** Changes the password; the other sessions end. */
export const useChangePassword = () =>
  useChange(["account"], async (body: { currentPassword?: string; newPassword: string }, header) => {
    await api.POST("/admin/v1/me/password", { params: { header }, body });
  });

/** Creates a passkey on the device of the person, and registers it. */
export const useCreatePasskey = () =>
  useChange(["account"], async ({ name }: { name: string }, header) => {
    const options = bodyOf(await api.GET("/admin/v1/me/passkey-options", {}));
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const created = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
    const { id, rawId, response } = created.toJSON() as RegistrationResponseJSON;
    const credential = { id, rawId, response, type: "public-key" } as const;
    await api.POST("/admin/v1/me/passkeys", { params: { header }, body: { name, credential } });
  });

/** Deletes a passkey. */
export const useDeletePasskey = () =>
  useChange(["account"], async (passkeyId: string) => {
    await api.DELETE("/admin/v1/me/passkeys/{passkeyId}", { params: { path: { passkeyId } } });
  });
