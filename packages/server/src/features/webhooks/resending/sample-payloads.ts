import { catalogPrefix } from "../../events/index.ts";

const id = "00000000-0000-4000-8000-0000000000e9";

/** Sample payloads of the built-in event types. */
const samples: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  AppInstalled: { appId: "", originInstanceId: null },
  AppRemoved: { appId: "" },
  [`${catalogPrefix}.ProductCreated`]: {
    ...{ productId: id, name: "A test", price: { currency: "USD", price: 1, discountedPrice: 1 } },
    ...{ visible: true, slug: "a-test", originatedFromVersion: "V1_CATALOG" },
  },
  [`${catalogPrefix}.ProductChanged`]: { productId: id, changedFields: ["name"] },
  [`${catalogPrefix}.ProductDeleted`]: { productId: id },
  [`${catalogPrefix}.CollectionCreated`]: {
    collection_Id: id,
    name: "A test",
    slug: "a-test",
    visible: true,
  },
  [`${catalogPrefix}.CollectionChanged`]: { collection_Id: id, changedFields: ["name"] },
  [`${catalogPrefix}.CollectionDeleted`]: { collection_Id: id },
};

/** Payload of a test event: `test: true`, and for built-in types sample values. */
export function samplePayload(eventType: string, forAppId: string): Readonly<Record<string, unknown>> {
  const sample = samples[eventType] ?? {};
  return { ...sample, ...("appId" in sample ? { appId: forAppId } : {}), test: true };
}
