// Writes the API reference from the declarations and docstrings of the packages. JavaScript, because its dependencies are
// installed only by `npm run docs`, and the compiler checks the repository without them.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The entry points, by what a program imports: the name of the page, the file below `packages`, and what it is for. */
export const entryPoints = {
  "@latchkey/sdk": ["sdk", "sdk/src/index.ts", "The client and the app object, for apps."],
  "@latchkey/sdk/ecom": [
    "sdk-ecom",
    "sdk/src/ecom/index.ts",
    "The service plugins that an app can implement.",
  ],
  "@latchkey/sdk/essentials": [
    ...["sdk-essentials", "sdk/src/essentials/index.ts"],
    "Calls of APIs and credentials without an app ID or a secret in code.",
  ],
  "@latchkey/sdk/resource-server": [
    ...["sdk-resource-server", "sdk/src/resource-server/index.ts"],
    "Checks access tokens in an API of the platform owner.",
  ],
  "@latchkey/sdk/stores": [
    "sdk-stores",
    "sdk/src/stores/index.ts",
    "The modules of the Stores API, for apps.",
  ],
  "@latchkey/server": ["server", "server/src/index.ts", "The platform, and what resources are made of."],
  "@latchkey/server/testing": [
    "server-testing",
    "server/src/testing/index.ts",
    "The test kit: a platform for each test.",
  ],
  "@latchkey/server/testing/node-test": [
    ...["server-testing-node-test", "server/src/testing/fixtures/node-test.ts"],
    "The test kit as a fixture of `node:test`.",
  ],
  "@latchkey/server/testing/vitest": [
    ...["server-testing-vitest", "server/src/testing/fixtures/vitest.ts"],
    "The test kit as a fixture of Vitest.",
  ],
  "@latchkey/stores": ["stores", "stores/src/index.ts", "The Stores API as a resource of the platform."],
  "@latchkey/stores/testing": [
    "stores-testing",
    "stores/src/testing/index.ts",
    "Stores with products, for tests.",
  ],
  "@latchkey/protocol": [
    "protocol",
    "protocol/src/index.ts",
    "The wire types and codecs that server and SDK share.",
  ],
};

/**
 * Writes one Markdown page for each entry point of the packages.
 *
 * @param {string} root the root of the repository
 * @param {string} folder where the pages are written
 * @returns {Promise<{ name: string, title: string }[]>} the names of the files, without `.md`, and the titles
 */
export async function writeApiReference(root, folder) {
  const { Application } = await import("typedoc");
  const app = await Application.bootstrapWithPlugins({
    entryPoints: Object.values(entryPoints).map(([, file]) => join(root, "packages", file)),
    tsconfig: join(root, "tsconfig.json"),
    plugin: [import.meta.resolve("typedoc-plugin-markdown")],
    out: folder,
    readme: "none",
    logLevel: "Error",
    // `npm run check` reports type errors; the compiler here is older.
    skipErrorChecking: true,
    disableSources: true,
    excludeExternals: true,
    outputFileStrategy: "modules",
    flattenOutputFiles: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    parametersFormat: "table",
    useCodeBlocks: true,
    useHTMLAnchors: true,
  });
  const project = await app.convert();
  if (project === undefined) throw new Error("typedoc could not read the packages.");
  for (const module of project.children ?? []) {
    const entry = Object.values(entryPoints).find(
      ([, file]) => file.replace(/(\/index)?\.ts$/, "") === module.name,
    );
    if (entry) module.name = entry[0];
  }
  await app.generateOutputs(project);
  return Object.entries(entryPoints).map(([title, [name, , purpose]]) => {
    const file = join(folder, `${name}.md`);
    writeFileSync(
      file,
      withUniqueIds(readFileSync(file, "utf8").replace(/^# .*$/m, `# ${title}\n\n${purpose}`)),
    );
    return { name, title };
  });
}

/** Anchors before headings become the ids of the headings. Small headings without one, such as "Returns", become bold text. */
function withUniqueIds(text) {
  return text
    .replaceAll(/^<a id="([^"]+)"><\/a>\n+(#+ .*)$/gm, "$2 {#$1}")
    .replaceAll(/^#{4,} (.*[^}\n])$/gm, "**$1**");
}
