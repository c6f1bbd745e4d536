// The one-time setup by the app's developer, through the management API: webhooks and extensions.

/** The platform and the app, from `.latchkey/demo.env`. */
export interface DemoApp {
  readonly platformUrl: string;
  readonly adminKey: string;
  readonly appId: string;
  /** The base URL of the running app. */
  readonly appUrl: string;
}

type Item = Readonly<Record<string, string | null>>;

/** Registers the webhooks and extensions of the app with its current URL. */
export async function connect(demoApp: DemoApp): Promise<{ pageId: string }> {
  const { appId, appUrl } = demoApp;
  const call = management(demoApp);
  const known = (await call("GET", `/apps/${appId}/webhooks`)).items ?? [];
  const url = `${appUrl}/latchkey`;
  for (const eventType of ["AppInstalled", "com.wix.ecommerce.catalog.api.v1.ProductCreated"]) {
    const old = known.find((one) => one.eventType === eventType && one.url?.endsWith("/latchkey"));
    if (old === undefined) await call("POST", `/apps/${appId}/webhooks`, { eventType, url });
    else if (old.url !== url) await call("PATCH", `/apps/${appId}/webhooks/${old.webhookId}`, { url });
  }
  await extend(demoApp, {
    kind: "SERVICE_PLUGIN",
    componentType: "ECOM_SHIPPING_RATES",
    baseUri: `${appUrl}/plugins`,
  });
  return { pageId: await extend(demoApp, { kind: "IFRAME_PAGE", url: `${appUrl}/page` }) };
}

/** Creates an extension, or updates the URL of the existing one. */
async function extend(demoApp: DemoApp, wanted: Readonly<Record<string, string>>): Promise<string> {
  const call = management(demoApp);
  const path = `/apps/${demoApp.appId}/extensions`;
  const { items = [] } = await call("GET", path);
  const old = items.find((one) => one.kind === wanted.kind);
  const { componentType: _, kind: __, ...address } = wanted;
  const made = old
    ? await call("PATCH", `${path}/${old.extensionId}`, address)
    : await call("POST", path, wanted);
  return String(made.extensionId);
}

interface ApiResponse extends Readonly<Record<string, unknown>> {
  readonly items?: readonly Item[];
}

/** Creates a client for the management API. */
export function management({ adminKey, platformUrl }: Pick<DemoApp, "adminKey" | "platformUrl">) {
  return async (method: string, path: string, body?: object): Promise<ApiResponse> => {
    const response = await fetch(`${platformUrl}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause) => {
      const advice = "Start it in another terminal, in this directory: npm start";
      throw new Error(`The platform at ${platformUrl} does not respond. ${advice}`, { cause });
    });
    const result = (await response.json()) as ApiResponse;
    if (!response.ok) throw new Error(`${method} ${path} failed: ${response.status} ${result.message ?? ""}`);
    return result;
  };
}
