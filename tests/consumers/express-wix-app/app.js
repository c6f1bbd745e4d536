import { get } from "node:https";
import { json } from "node:stream/consumers";
import { appInstances } from "@wix/app-management";
import { shippingRates } from "@wix/ecom/service-plugins";
import { AppStrategy, createClient } from "@wix/sdk";
import { products } from "@wix/stores";
import express from "express";

const {
  WIX_CLIENT_ID: appId,
  WIX_CLIENT_SECRET: appSecret,
  WIX_CLIENT_PUBLIC_KEY: publicKey,
  PORT = "3000",
} = process.env;

const receiver = createClient({
  auth: AppStrategy({ appId, publicKey }),
  modules: { appInstances, products, shippingRates },
});
const clientOf = (instanceId) =>
  createClient({
    auth: AppStrategy({ appId, appSecret, publicKey, instanceId }),
    modules: { appInstances, products },
  });

/** The sites that use the app, by instance. */
const sites = new Map();

receiver.appInstances.onAppInstanceInstalled(async ({ metadata }) => {
  const { site } = await clientOf(metadata.instanceId).appInstances.getAppInstance();
  sites.set(metadata.instanceId, { name: site.siteDisplayName, created: [] });
});
receiver.appInstances.onAppInstanceRemoved(({ metadata }) => {
  sites.delete(metadata.instanceId);
});
receiver.products.onProductCreated(({ data, metadata }) => {
  sites.get(metadata.instanceId)?.created.push(data.name);
});
receiver.shippingRates.provideHandlers({
  getShippingRates: async ({ metadata }) => {
    const { items } = await clientOf(metadata.instanceId).products.queryProducts().find();
    const price = items.length > 0 ? "5.00" : "9.00";
    const cost = { price, currency: metadata.currency };
    return {
      shippingRates: [{ code: "bike", title: "By bicycle", logistics: { deliveryTime: "1 day" }, cost }],
    };
  },
});

const app = express();

app.post("/webhooks", express.text({ type: "*/*" }), async (request, response) => {
  try {
    await receiver.webhooks.process(request.body);
    response.sendStatus(200);
  } catch (error) {
    console.error(error);
    response.status(500).send(String(error));
  }
});

app.post("/shipping/*path", express.text({ type: "*/*" }), async (request, response) => {
  response.json(await receiver.servicePlugins.process({ url: request.originalUrl, body: request.body }));
});

app.get("/sites", (_request, response) => {
  response.json([...sites.values()]);
});

app.post("/sites/:instanceId/products", express.json(), async (request, response) => {
  const { products } = clientOf(request.params.instanceId);
  const { product } = await products.createProduct({ ...request.body, productType: "physical" });
  response.json({ id: product._id });
});

app.get("/sites/:instanceId/locale", async (request, response) => {
  const { headers } = await AppStrategy({
    ...{ appId, appSecret, instanceId: request.params.instanceId },
  }).getAuthHeaders();
  get("https://www.wixapis.com/apps/v1/instance", { headers }, async (received) => {
    const { site } = await json(received);
    response.json({ locale: site.locale });
  });
});

const server = app.listen(Number(PORT), "127.0.0.1", () => {
  console.log(`listening on ${server.address().port}`);
});
