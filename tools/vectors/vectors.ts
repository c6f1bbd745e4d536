import { pageVectors } from "./pages.ts";
import { servicePluginVectors } from "./service-plugins.ts";
import { webhookVectors } from "./webhooks.ts";

/** Where they lie, below the root of the repository. */
export const vectorsFolder = "packages/protocol/vectors";

/** The text of each file of published test vectors, by its name. */
export function writeVectors(): Readonly<Record<string, string>> {
  const files = {
    "pages.json": pageVectors,
    "webhooks.json": webhookVectors,
    "service-plugins.json": servicePluginVectors,
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, vectors]) => [name, `${JSON.stringify(vectors, null, 2)}\n`]),
  );
}
