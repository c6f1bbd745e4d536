import { eventTypes, planEvents } from "../../events/index.ts";

/** A kind of event that apps can subscribe to. */
export interface EventTypeFacts {
  readonly eventType: string;
  readonly description: string;
  /** What a grant must hold for an instance to be told; null when every instance is. */
  readonly permissionId: string | null;
}

const descriptions: Readonly<Record<(typeof eventTypes)[number], string>> = {
  AppInstalled: "The app was installed on a site",
  AppRemoved: "The app was removed from a site",
  "latchkey.instance_suspended": "An instance was suspended; its tokens are dead",
  "latchkey.instance_resumed": "An instance that was suspended gets tokens again",
  "latchkey.grant_changed": "The owner approved other scopes than before",
  "latchkey.tokens_revoked": "Every token of an instance was killed",
  "latchkey.site_changed": "Name, locale, currency or address of a site changed",
};

/** The event types that every platform has. */
export const builtInEventTypes: readonly EventTypeFacts[] = [
  ...eventTypes.map((eventType) => ({
    eventType,
    description: descriptions[eventType],
    permissionId: null,
  })),
  ...planEvents.map((eventType) => ({
    eventType,
    description: "The plan that a site has of the app changed; platform owners publish it",
    permissionId: null,
  })),
];

/** Whether only the platform itself tells of it, so that nobody can publish what did not happen. */
export function isToldByPlatform(eventType: string): boolean {
  return (eventTypes as readonly string[]).includes(eventType) || isReserved(eventType);
}

/** Names that platform owners cannot give, for those that will be ours one day. */
export function isReserved(eventType: string): boolean {
  return eventType.startsWith("latchkey.");
}
