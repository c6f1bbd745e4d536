import { api } from "../api/client.ts";
import { listQuery } from "../api/list-query.ts";
import type { components } from "../api/openapi.d.ts";
import { bodyOf } from "../api/queries.ts";

/** A session of the account. */
export type Session = components["schemas"]["Session"];

/** A passkey of the account. */
export type Passkey = components["schemas"]["Passkey"];

/** The sessions of the account. */
export const sessionsQuery = listQuery({
  queryKey: ["account", "sessions"],
  live: true,
  read: async (query) => bodyOf(await api.GET("/admin/v1/me/sessions", { params: { query } })),
});

/** The passkeys of the account. */
export const passkeysQuery = listQuery({
  queryKey: ["account", "passkeys"],
  read: async (query) => bodyOf(await api.GET("/admin/v1/me/passkeys", { params: { query } })),
});
