const { createApp, nodeHandler } = require("@latchkey/sdk");
const express = require("express");

const { APP_ID, APP_SECRET } = process.env;
const app = createApp({ appId: APP_ID, appSecret: APP_SECRET });
app.webhooks.on("AppInstalled", async ({ instance, instanceId }) => {
  const { items } = await instance.products.queryProducts().find();
  console.log("installed", instanceId, items.length);
});

const server = express()
  .get("/health", (_request, response) => response.send("ok"))
  .post("/webhooks", nodeHandler(app.fetch))
  .listen(0, "127.0.0.1", () => console.log(server.address().port));
