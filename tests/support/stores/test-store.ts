import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { tokenWith } from "../token-with.ts";

/** A response of the API. */
export interface StoreResponse {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it with literals
  readonly body: any;
  readonly headers: Headers;
}

/** The violations in an error response. */
export const violationsOf = ({ body }: StoreResponse) => body.details.validationError?.fieldViolations;

/** Status, code and message of an error response. */
export const codeOf = ({ body, status }: StoreResponse) => [
  status,
  body.details.applicationError?.code,
  body.message,
];

/** A store on its own platform, and tokens of apps. */
export interface TestStore {
  readonly platform: TestPlatform;
  readonly siteId: string;
  /** The token of an app that may read products. */
  readonly reader: string;
  /** The token of an app that may read and change products. */
  readonly manager: string;
  /** The token of an app on another site, which may change products there. */
  readonly stranger: string;
  /** The token of an app whose owner granted nothing. */
  readonly outsider: string;
  /** Calls the API, by default as the manager. A string body is sent unchanged. */
  call(method: string, path: string, options?: { body?: unknown; token?: string }): Promise<StoreResponse>;
  /** Returns the events of the store since the last call, in order. */
  newEvents(): Promise<{ type: string; payload: unknown }[]>;
  close(): Promise<void>;
}

/** Creates a store in US dollars at `https://shop.example`. */
export async function createTestStore(database: "sqlite" | "postgres"): Promise<TestStore> {
  const platform = await createTestPlatform({ resources: [stores], database, now: 1_767_323_045_678 });
  const { siteId } = await platform.createSite({ url: "https://shop.example" });
  const other = await platform.createSite();
  const manage = "SCOPE.DC-STORES.MANAGE-PRODUCTS";
  const manager = await tokenWith(platform, manage, siteId);
  let seen = "";
  return {
    platform,
    siteId,
    manager,
    reader: await tokenWith(platform, "SCOPE.DC-STORES.READ-PRODUCTS", siteId),
    stranger: await tokenWith(platform, manage, other.siteId),
    outsider: await tokenWith(platform, "SCOPE.DC.MANAGE-YOUR-APP", siteId),
    async call(method, path, { body, token = manager } = {}) {
      const response = await fetch(`${platform.url}${path}`, {
        method,
        headers: {
          ...(token === "" ? {} : { authorization: token }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json(), headers: response.headers };
    },
    async newEvents() {
      const rows = await platform.platform.database.read
        .selectFrom("events")
        .selectAll()
        .where("site_id", "=", siteId)
        .where("event_type", "like", "com.wix.ecommerce.%")
        .where("event_id", ">", seen)
        .orderBy("event_id")
        .execute();
      seen = rows.at(-1)?.event_id ?? seen;
      return rows.map((row) => ({
        type: row.event_type.replace("com.wix.ecommerce.catalog.api.v1.", ""),
        payload: JSON.parse(row.payload),
      }));
    },
    close: () => platform.close(),
  };
}
