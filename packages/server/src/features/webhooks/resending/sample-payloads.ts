type Payload = Readonly<Record<string, unknown>>;

/** Sample payloads by event type. */
export type EventSamples = ReadonlyMap<string, Payload>;

/** Samples of the platform's own event types. */
const platformSamples: EventSamples = new Map<string, Payload>([
  ["AppInstalled", { appId: "", originInstanceId: null }],
  ["AppRemoved", { appId: "" }],
]);

/** The payload of a test delivery: the sample of the event type, where it has one, marked with `test`. */
export function samplePayload(
  eventType: string,
  { appId, samples }: { appId: string; samples: EventSamples },
): Payload {
  const sample = platformSamples.get(eventType) ?? samples.get(eventType) ?? {};
  return { ...sample, ...("appId" in sample ? { appId } : {}), test: true };
}
