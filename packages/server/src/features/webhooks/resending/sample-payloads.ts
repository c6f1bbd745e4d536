type Payload = Readonly<Record<string, unknown>>;

/** Sample payloads by event type. */
export type EventSamples = ReadonlyMap<string, Payload>;

/** Sample payloads of the built-in event types. */
const platformSamples: EventSamples = new Map<string, Payload>([
  ["AppInstalled", { appId: "", originInstanceId: null }],
  ["AppRemoved", { appId: "" }],
]);

/** Payload of a test event: the sample of its type if there is one, and `test: true`. */
export function samplePayload(
  eventType: string,
  { appId, samples }: { appId: string; samples: EventSamples },
): Payload {
  const sample = platformSamples.get(eventType) ?? samples.get(eventType) ?? {};
  return { ...sample, ...("appId" in sample ? { appId } : {}), test: true };
}
