import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const results = [];
for (const name of ["", "/ecom", "/essentials", "/resource-server", "/stores"]) {
  const imported = await import(`@latchkey/sdk${name}`);
  const required = require(`@latchkey/sdk${name}`);
  results.push(
    imported !== required,
    Object.keys(imported).join() === Object.keys(required).toSorted().join(),
  );
}
const { AppStrategy, LatchkeyError } = await import("@latchkey/sdk");
const required = require("@latchkey/sdk");
const caught = (strategy) => {
  try {
    return strategy({});
  } catch (error) {
    return error;
  }
};
results.push(LatchkeyError.is(caught(required.AppStrategy), "missing_credentials"));
results.push(required.LatchkeyError.is(caught(AppStrategy), "missing_credentials"));
console.log(results.join());
