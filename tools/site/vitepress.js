// Builds the site. JavaScript, because VitePress is installed only by `npm run docs`. VitePress has search and theme built in,
// loads nothing from other hosts and sends no telemetry; Starlight would do the same with several times the packages.
import { rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Builds the site from the pages in `.latchkey/site` into `dist`.
 *
 * @throws Error for a dead link
 */
export async function buildSite() {
  const { build } = await import("vitepress");
  try {
    await build(import.meta.dirname);
  } finally {
    rmSync(join(import.meta.dirname, ".vitepress", ".temp"), { recursive: true, force: true });
  }
}
