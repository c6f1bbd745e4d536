/** What the platform tells apps by itself: those of the wire by their names there, its own with a prefix. */
export const eventTypes = [
  "AppInstalled",
  "AppRemoved",
  "latchkey.instance_suspended",
  "latchkey.instance_resumed",
  "latchkey.grant_changed",
  "latchkey.tokens_revoked",
  "latchkey.site_changed",
] as const;

export type EventType = (typeof eventTypes)[number];
