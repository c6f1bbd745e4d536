// `npm run test:soak`: the tests that kill the platform, with a hundred kills each instead of a few, all attacks at
// once for five minutes on each database, 25,000 random requests, and a migration of 100,000 refresh tokens.
process.env.KILLS ??= "100";
process.env.ATTACK_SECONDS ??= "300";
process.env.REQUESTS ??= "25000";
process.env.REFRESH_TOKENS ??= "100000";
process.argv.splice(
  2,
  0,
  "tests/crash/delivery-history.test.ts",
  "tests/crash/kill-loop.test.ts",
  "tests/crash/fan-out.test.ts",
  "tests/attacks/attacks.test.ts",
  "tests/random-requests/random-requests.test.ts",
  "packages/server/src/wiring/token-migration/killed.test.ts",
);
await import("./main.ts");

export {};
