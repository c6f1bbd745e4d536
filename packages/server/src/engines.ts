const required = [22, 19] as const;

/**
 * Throws when the version of Node is too old.
 *
 * @param version such as `22.19.0`
 */
export function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > required[0] || (major === required[0] && minor >= required[1])) return;
  throw new Error(
    `@latchkey/server needs Node ${required.join(".")} or newer, and this is Node ${version}. Install a newer Node (npm install --save-dev node@26.10.0, then npx node), ` +
      "or run the platform in another process: @latchkey/sdk runs on Node 20.",
  );
}

requireNode(process.versions.node);
