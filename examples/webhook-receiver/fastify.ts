// An app behind Fastify. Variables come from .latchkey/demo.env, PORT too.
import Fastify, { type FastifyInstance } from "fastify";
import { createReceiver, type Receiver } from "./receiver.ts";

/** The parser that leaves text as it came is for the webhooks alone: Fastify keeps it to the plugin. */
export function createFastifyServer({ app, instances }: Receiver): FastifyInstance {
  const server = Fastify();
  server.register(async (webhooks) => {
    webhooks.removeAllContentTypeParsers();
    webhooks.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
    webhooks.post("/webhooks", async (request, reply) => {
      const body = request.body as string;
      const answer = await app.fetch(new Request("http://app.invalid/", { method: "POST", body }));
      return await reply.code(answer.status).send(await answer.json());
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
