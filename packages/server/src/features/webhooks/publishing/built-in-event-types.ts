import { eventTypes, planEvents } from "../../events/index.ts";
import { readAppInstallations } from "../../permissions/index.ts";

/** A kind of event that apps can subscribe to. */
export interface EventTypeDefinition {
  readonly eventType: string;
  readonly description: string;
  /** The permission that an instance needs to receive the event; null when none is needed. */
  readonly permissionId: string | null;
}

const descriptions: Readonly<Record<(typeof eventTypes)[number], string>> = {
  AppInstalled: "The app was installed on a site",
  AppRemoved: "The app was removed from a site",
  AppGrantChanged: "An instance has other scopes than before",
  AppApprovalPending: "The owner of an instance has to decide about scopes that the app added",
  "latchkey.instance_suspended": "An instance was suspended; its tokens are revoked",
  "latchkey.instance_resumed": "A suspended instance was resumed",
  "latchkey.tokens_revoked": "Every token of an instance was revoked",
  "latchkey.setup_completed": "The app reported that its setup on the site is complete",
  "latchkey.site_changed": "Name, locale, currency or address of a site changed",
  "wix.app.installations.v1.app_installation_created": "The app was installed on a site for the first time",
  "wix.app.installations.v1.app_installation_updated": "The app was removed from a site or installed again",
  AppInstallRequested: "A member of a site asked an owner to install the app; without an instance",
  AppInstallDeclined: "An owner of a site declined such a request; without an instance",
};

const permissions: { readonly [Type in (typeof eventTypes)[number]]?: string } = {
  "wix.app.installations.v1.app_installation_created": readAppInstallations,
  "wix.app.installations.v1.app_installation_updated": readAppInstallations,
};

/** Event types that exist on every platform. */
export const builtInEventTypes: readonly EventTypeDefinition[] = [
  ...eventTypes.map((eventType) => ({
    eventType,
    description: descriptions[eventType],
    permissionId: permissions[eventType] ?? null,
  })),
  ...planEvents.map((eventType) => ({
    eventType,
    description: "The site's plan for the app changed; platform owners publish it",
    permissionId: null,
  })),
];

/** Whether only the platform itself publishes the type; `POST /events` rejects it. */
export function isPublishedByPlatform(eventType: string): boolean {
  return (eventTypes as readonly string[]).includes(eventType) || isReserved(eventType);
}

/** Whether a name is reserved for the platform. */
export function isReserved(eventType: string): boolean {
  return eventType.startsWith("latchkey.");
}
