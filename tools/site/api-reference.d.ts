/** The entry points, by what a program imports: the name of the page, the file below `packages`, and what it is for. */
export const entryPoints: Readonly<Record<string, readonly [name: string, file: string, purpose: string]>>;

/** Writes one Markdown page for each entry point of the packages. */
export function writeApiReference(
  root: string,
  folder: string,
): Promise<readonly { readonly name: string; readonly title: string }[]>;
