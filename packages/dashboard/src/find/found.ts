import { queryOptions } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import type { components } from "../api/openapi.d.ts";
import { bodyOf } from "../api/queries.ts";

/** Something that an id belongs to. */
export type Found = components["schemas"]["FoundObject"];

/** What an id, a secret or a token is. The text is in the body, so that it is in no address and no log; it is not kept. */
export const findQuery = (text: string) =>
  queryOptions({
    queryKey: ["find", text],
    gcTime: 0,
    enabled: text !== "",
    queryFn: async () => bodyOf(await api.POST("/admin/v1/find", { body: { id: text } })),
  });

const guid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The text if it is an id that an address may contain; undefined for everything that could be a secret. */
export function publicId(text: unknown): string | undefined {
  return typeof text === "string" && guid.test(text) ? text : undefined;
}

/** What each type is called. */
export const typeNames: Readonly<Record<Found["type"], string>> = {
  app: "App",
  site: "Site",
  instance: "Instance",
  event: "Event",
  delivery: "Delivery",
  webhook: "Webhook",
  extension: "Extension",
  job: "Job",
  account: "Account",
  "install-request": "Request to install",
  "signing-key": "Signing key",
  "refused-request": "Refused request",
  change: "Change",
  "plugin-call": "Plugin call",
  "revoked-token": "Revoked token",
  "app-secret": "App secret",
  "api-key": "API key",
  "access-token": "Access token",
};
