// `npm run test:soak`: the tests that kill the platform, with a hundred kills each instead of five.
process.env.KILLS ??= "100";
process.argv.splice(
  2,
  0,
  "tests/crash/delivery-history.test.ts",
  "tests/crash/kill-loop.test.ts",
  "tests/crash/fan-out.test.ts",
);
await import("./main.ts");

export {};
