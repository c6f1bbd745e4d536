import { LatchkeyError } from "@latchkey/sdk";
import { readProducts } from "./read-products.mjs";

// A page of a real app never has the secret. This one shows that the code runs in a browser.
try {
  document.title = await readProducts({ ...globalThis.env, LATCHKEY_URL: location.origin });
} catch (error) {
  document.title = LatchkeyError.is(error) ? error.code : String(error);
}
