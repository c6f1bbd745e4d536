/** The title of a case: `%s`, `%i`, `%d` and `%j` stand for its values in order, `$name` for a field of an object. */
export function formatTitle(title: string, values: readonly unknown[], index: number): string {
  let next = 0;
  const [first] = values;
  return title
    .replaceAll(/%[sidj#]/g, (kind) => {
      if (kind === "%#") return String(index);
      const value = values[next];
      next += 1;
      return kind === "%j" ? String(JSON.stringify(value)) : String(value);
    })
    .replaceAll(/\$(\w+)/g, (text, name: string) =>
      typeof first === "object" && first !== null && name in first
        ? String((first as Record<string, unknown>)[name])
        : text,
    );
}
