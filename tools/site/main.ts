// `npm run docs`: builds the documentation site into tools/site/dist. `-- --check` also checks the built files; `-- --serve`
// shows them on http://127.0.0.1:4173. VitePress and TypeDoc have a lockfile of their own, and are installed at the first run.
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { ensureInstalled } from "../launch/install.js";
import { findProblems } from "./built-site.ts";
import { collectPages } from "./collect.ts";
import { buildSite } from "./vitepress.js";

const root = join(import.meta.dirname, "..", "..");
const pagesFolder = join(root, ".latchkey/site");
const built = join(import.meta.dirname, "dist");
const port = 4173;

await ensureInstalled(import.meta.dirname);
const pages = await collectPages(root, pagesFolder);
rmSync(built, { recursive: true, force: true });
await buildSite();
for (const { path } of pages) cpSync(join(pagesFolder, path), join(built, path));
console.log(`${pages.length + 1} pages in tools/site/dist`);

if (process.argv.includes("--check")) {
  const problems = findProblems(built, pages);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

if (process.argv.includes("--serve")) {
  const site = new Hono();
  site.use(async (c, next) => {
    await next();
    if (c.req.path.endsWith(".md")) c.header("Content-Type", "text/markdown; charset=utf-8");
  });
  site.get("/*", serveStatic({ root: built }));
  // Links of the sidebar have no suffix.
  site.get("/*", serveStatic({ root: built, rewriteRequestPath: (path) => `${path}.html` }));
  serve({ fetch: site.fetch, hostname: "127.0.0.1", port }, () => console.log(`http://127.0.0.1:${port}`));
}
