/** Installs the dependencies of a folder with `npm ci`, unless they are installed as its lockfile says. */
export function ensureInstalled(root: string): Promise<void>;
