// The app on Fastify. The variables, including PORT, come from .latchkey/demo.env.
import Fastify, { type FastifyInstance } from "fastify";
import { createReceiver, type Receiver } from "./receiver.ts";

/** The plugin limits the text parser to the webhook route. */
export function createFastifyServer({ app, instances }: Receiver): FastifyInstance {
  const server = Fastify();
  server.register(async (webhooks) => {
    webhooks.removeAllContentTypeParsers();
    webhooks.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
    webhooks.post("/webhooks", async (request, reply) => {
      const body = request.body as string;
      const response = await app.fetch(new Request("http://app.invalid/", { method: "POST", body }));
      return await reply.code(response.status).send(await response.json());
    });
  });
  server.get("/instances", async () => instances.list());
  return server;
}

if (import.meta.main) {
  const { PORT = "3000" } = process.env;
  const server = createFastifyServer(createReceiver(process.env));
  console.log(
    `Webhooks are received at ${await server.listen({ port: Number(PORT), host: "127.0.0.1" })}/webhooks`,
  );
}
