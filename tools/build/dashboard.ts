import { existsSync, globSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Builds the dashboard when a source is newer than what is built, or nothing is built.
 *
 * @param onBuild called before it builds
 */
export async function ensureDashboard(root: string, onBuild: () => void = () => {}): Promise<void> {
  const built = join(root, "packages/server/dashboard/index.html");
  if (existsSync(built) && statSync(built).mtimeMs > newestSource(root)) return;
  onBuild();
  await buildDashboard(root);
}

/** Builds the dashboard into the folder from which the server serves it. */
export async function buildDashboard(root: string): Promise<void> {
  // Only this build needs it.
  const { build } = await import("vite");
  const folder = join(root, "packages/server/dashboard");
  const draft = `${folder}.${process.pid}`;
  // Else tests would build, and open, the development version of React.
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = "production";
  await build({
    root: join(root, "packages/dashboard"),
    configFile: false,
    logLevel: "error",
    base: "/dashboard/",
    html: { cspNonce: "CSP_NONCE" },
    build: {
      outDir: draft,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        output: {
          entryFileNames: "scripts/[name]-[hash].js",
          chunkFileNames: "scripts/[name]-[hash].js",
          assetFileNames: "styles/[name]-[hash][extname]",
        },
      },
    },
  });
  process.env.NODE_ENV = NODE_ENV ?? "production";
  // A server that starts meanwhile finds the old files or the new ones.
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
}

/** When a source was changed last, in epoch milliseconds. Folders count, because a file may have been deleted. */
function newestSource(root: string): number {
  const sources = [
    "packages/dashboard/{src,index.html,package.json}",
    "packages/dashboard/src/**",
    "package-lock.json",
  ];
  return Math.max(...globSync(sources, { cwd: root }).map((path) => statSync(join(root, path)).mtimeMs));
}
