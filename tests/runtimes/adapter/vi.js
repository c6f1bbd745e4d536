import process from "node:process";
import { fn, restoreAllMocks, spyOn } from "@vitest/spy";
import { until } from "./expect.js";

/** The globals and variables as they were. */
const globals = new Map();
const variables = new Map();

/** What the tests of the SDK use of `vi`. */
export const vi = {
  fn,
  restoreAllMocks,
  spyOn,
  waitFor: until,
  stubEnv(name, value) {
    if (!variables.has(name)) variables.set(name, process.env[name]);
    setVariable(name, value);
  },
  unstubAllEnvs() {
    for (const [name, value] of variables) setVariable(name, value);
    variables.clear();
  },
  stubGlobal(name, value) {
    if (!globals.has(name)) globals.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: true });
  },
  unstubAllGlobals() {
    for (const [name, descriptor] of globals) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
    globals.clear();
  },
};

function setVariable(name, value) {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
