import process from "node:process";
import { fromEnvironment } from "@latchkey/sdk/essentials";
import { readProducts } from "./read-products.mjs";

if (fromEnvironment().appId !== process.env.APP_ID) throw new Error("The environment is not read.");
console.log(await readProducts(process.env));
