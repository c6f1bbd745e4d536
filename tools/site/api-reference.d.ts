/** Writes one Markdown page for each entry point of the packages. */
export function writeApiReference(
  root: string,
  folder: string,
): Promise<readonly { readonly name: string; readonly title: string }[]>;
