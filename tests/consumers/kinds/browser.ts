import { doesNotMatch, equal } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startChromium } from "../../browser/chromium.ts";
import type { Consumer } from "../harness/consumer.ts";
import type { Project } from "../harness/project.ts";
import { bundleByEsbuild } from "./bundle.ts";

const shared = { files: "tests/consumers/projects/portable", uses: "sdk", onNode: false } as const;

/** Bundles for browsers, which have no module of Node, and run in Chromium. */
export const bundles: readonly Consumer[] = [
  {
    ...shared,
    name: "esbuild and Chromium",
    async run(project) {
      await bundleByEsbuild(project, "page.mjs");
      await runPage(project);
    },
  },
  {
    ...shared,
    name: "Vite and Chromium",
    async run(project) {
      const rolldownOptions = { input: "page.mjs", output: { entryFileNames: "bundle.js" } };
      const build = { outDir: "built", rolldownOptions, modulePreload: { polyfill: false } };
      project.write("vite.config.mjs", `export default ${JSON.stringify({ logLevel: "error", build })};`);
      await project.node("node_modules/vite/bin/vite.js", "build");
      await runPage(project);
    },
  },
];

/** Opens a page with the bundle. The server of the page passes API calls on to the platform. */
async function runPage(project: Project): Promise<void> {
  doesNotMatch(readFileSync(join(project.directory, "built/bundle.js"), "utf8"), /["']node:/);
  const server = createServer((request, response) => void respond(project, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await startChromium();
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await tab.waitForFunction(() => document.title !== "");
    equal(await tab.title(), "Mug");
  } finally {
    await browser.close();
    server.close();
  }
}

async function respond(project: Project, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "GET", url = "/" } = request;
  const file = join(project.directory, "built", url);
  if (url === "/") {
    const page = `<script>globalThis.env = ${JSON.stringify(project.shop.env)}</script>`;
    response.setHeader("content-type", "text/html");
    response.end(`${page}<script type="module" src="/bundle.js"></script>`);
  } else if (url.endsWith(".js") && existsSync(file)) {
    response.setHeader("content-type", "text/javascript").end(readFileSync(file));
  } else {
    const { authorization, "content-type": type } = request.headers;
    const answer = await fetch(`${project.shop.platform.url}${url}`, {
      method,
      headers: { ...(authorization && { authorization }), ...(type && { "content-type": type }) },
      ...(method !== "GET" && { body: await text(request) }),
    });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  }
}
