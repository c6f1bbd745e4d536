// `npm run test:soak`: the tests that kill the platform, with a hundred kills each instead of five, and all attacks at once
// for five minutes on each database.
process.env.KILLS ??= "100";
process.env.ATTACK_SECONDS ??= "300";
process.argv.splice(
  2,
  0,
  "tests/crash/delivery-history.test.ts",
  "tests/crash/kill-loop.test.ts",
  "tests/crash/fan-out.test.ts",
  "tests/attacks/attacks.test.ts",
);
await import("./main.ts");

export {};
