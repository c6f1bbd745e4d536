// Runs the platform of `index.cjs`. It ends when the process of the tests does.
import { loadResources } from "@latchkey/server";
import { createTestPlatform, stubResource } from "@latchkey/server/testing";

let platform;

process.on("message", async ({ args, id, path }) => {
  try {
    const value = await run(path, args);
    process.send({ id, value, now: platform?.clock.now() });
  } catch (error) {
    const { code, data, message, name, status, violations } = error;
    process.send({
      id,
      now: platform?.clock.now(),
      error: { code, data, message, name, status, violations },
    });
  }
});
process.on("disconnect", async () => {
  await platform?.close().catch(() => {});
  process.exit();
});
// The terminal sends it to both processes; the tests decide.
process.on("SIGINT", () => {});

async function run(path, args) {
  if (path === "start") return await start(...args);
  if (path === "stub") return platform.stub(toStubs(args[0]));
  const [method, object = "platform"] = path.split(".").reverse();
  const target = object === "platform" ? platform : platform[object];
  return await target[method](...args);
}

async function start({ resources = [], stubs, ...options }) {
  platform = await createTestPlatform({
    ...options,
    resources: await loadResources(resources),
    ...(stubs && { stubs: [toStubs(stubs)] }),
  });
  const { adminKey, clock, url } = platform;
  return { adminKey, url, startedAt: clock.now() };
}

/** Stubs are data here, because functions stay in their process. */
function toStubs(stubs) {
  return stubResource(
    Object.fromEntries(
      Object.entries(stubs).map(([name, { body, permission, status = 200, ...others }]) => [
        name,
        { ...others, ...(permission && { permission }), respond: () => ({ status, body }) },
      ]),
    ),
  );
}
