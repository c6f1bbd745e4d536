// What a developer does once, in the dashboard or by its API: says where the app listens, and what it adds to a site.

/** A platform and the app on it, as `.latchkey/demo.env` has them. */
export interface Place {
  readonly platformUrl: string;
  readonly adminKey: string;
  readonly appId: string;
  /** Where the app listens. */
  readonly appUrl: string;
}

type Item = Readonly<Record<string, string | null>>;

/** Points webhooks, page and plugin of the app to where it listens now. */
export async function connect(place: Place): Promise<{ pageId: string }> {
  const { appId, appUrl } = place;
  const call = management(place);
  const known = (await call("GET", `/apps/${appId}/webhooks`)).items ?? [];
  const url = `${appUrl}/latchkey`;
  for (const eventType of ["AppInstalled", "com.wix.ecommerce.catalog.api.v1.ProductCreated"]) {
    const old = known.find((one) => one.eventType === eventType && one.url?.endsWith("/latchkey"));
    if (old === undefined) await call("POST", `/apps/${appId}/webhooks`, { eventType, url });
    else if (old.url !== url) await call("PATCH", `/apps/${appId}/webhooks/${old.webhookId}`, { url });
  }
  await extend(place, {
    kind: "SERVICE_PLUGIN",
    componentType: "ECOM_SHIPPING_RATES",
    baseUri: `${appUrl}/plugins`,
  });
  return { pageId: await extend(place, { kind: "IFRAME_PAGE", url: `${appUrl}/page` }) };
}

/** Adds an extension, or moves the one of its kind that is there. */
async function extend(place: Place, wanted: Readonly<Record<string, string>>): Promise<string> {
  const call = management(place);
  const path = `/apps/${place.appId}/extensions`;
  const { items = [] } = await call("GET", path);
  const old = items.find((one) => one.kind === wanted.kind);
  const { componentType: _, kind: __, ...address } = wanted;
  const made = old
    ? await call("PATCH", `${path}/${old.extensionId}`, address)
    : await call("POST", path, wanted);
  return String(made.extensionId);
}

interface Answer extends Readonly<Record<string, unknown>> {
  readonly items?: readonly Item[];
}

/** Calls the management API of the platform. */
export function management({ adminKey, platformUrl }: Pick<Place, "adminKey" | "platformUrl">) {
  return async (method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(`${platformUrl}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause) => {
      const advice = "Start it in another terminal, in this directory: npm start";
      throw new Error(`The platform at ${platformUrl} does not answer. ${advice}`, { cause });
    });
    const answer = (await response.json()) as Answer;
    if (!response.ok)
      throw new Error(`${method} ${path} was refused: ${response.status} ${answer.message ?? ""}`);
    return answer;
  };
}
