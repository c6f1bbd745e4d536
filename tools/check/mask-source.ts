/**
 * Blanks everything in JavaScript or TypeScript that is not code: comments and what strings, templates and regular
 * expressions hold. Every character left stands where it stood; line breaks and quotes stay.
 */
export function maskSource(source: string): string {
  const masked = source.split("");
  const blank = (from: number, to: number): void => {
    for (let i = from; i < to; i += 1) if (masked[i] !== "\n") masked[i] = " ";
  };
  // How deep in braces each `${` of an open template began.
  const templates: number[] = [];
  let depth = 0;
  let at = 0;
  const skipTemplate = (from: number): number => {
    const end = templateEnd(source, from);
    blank(from, end);
    if (source.startsWith("${", end)) templates.push(depth);
    return source.startsWith("${", end) ? end + 2 : end + 1;
  };
  while (at < source.length) {
    const char = source[at];
    const literal = literalEnd(source, masked, at);
    if (literal) {
      blank(literal.from, literal.to);
      at = literal.next;
    } else if (char === "`") {
      at = skipTemplate(at + 1);
    } else if (char === "}" && templates.at(-1) === depth) {
      templates.pop();
      at = skipTemplate(at + 1);
    } else {
      if (char === "{") depth += 1;
      if (char === "}") depth -= 1;
      at += 1;
    }
  }
  return masked.join("");
}

interface Literal {
  from: number;
  to: number;
  next: number;
}

/** The comment, string or regular expression that begins at an offset. */
function literalEnd(source: string, masked: readonly string[], at: number): Literal | undefined {
  const char = source[at];
  if (source.startsWith("//", at)) return comment(source, at, "\n");
  if (source.startsWith("/*", at)) return comment(source, at, "*/");
  if (char === '"' || char === "'") return quoted(source, at, /["'\\\n]/g);
  if (char === "/" && regexMayBegin(masked, at)) return quoted(source, at, /[/\\\n[]/g);
  return undefined;
}

function comment(source: string, at: number, close: string): Literal {
  const found = source.indexOf(close, at + 2);
  const end = found < 0 ? source.length : found + (close === "\n" ? 0 : close.length);
  return { from: at, to: end, next: end };
}

/** Finds the closing delimiter; one that is missing ends with the line, so that a mistake stays small. */
function quoted(source: string, at: number, stops: RegExp): Literal {
  const delimiter = source[at];
  stops.lastIndex = at + 1;
  for (let stop = stops.exec(source); stop; stop = stops.exec(source)) {
    const [found] = stop;
    if (found === "\n") return { from: at + 1, to: stop.index, next: stop.index };
    if (found === delimiter) return { from: at + 1, to: stop.index, next: stop.index + 1 };
    if (found === "\\") stops.lastIndex = stop.index + 2;
    // A slash inside brackets does not end a regular expression.
    if (found === "[") stops.lastIndex = classEnd(source, stop.index);
  }
  return { from: at + 1, to: source.length, next: source.length };
}

function classEnd(source: string, at: number): number {
  const close = /^\[(?:\\.|[^\]\\\n])*\]?/.exec(source.slice(at));
  return at + (close?.[0].length ?? 1);
}

function templateEnd(source: string, from: number): number {
  const stops = /`|\$\{|\\/g;
  stops.lastIndex = from;
  for (let stop = stops.exec(source); stop; stop = stops.exec(source)) {
    if (stop[0] !== "\\") return stop.index;
    stops.lastIndex = stop.index + 2;
  }
  return source.length;
}

/** A slash divides after a value and opens a regular expression after anything else. */
function regexMayBegin(masked: readonly string[], at: number): boolean {
  const before = masked
    .slice(Math.max(0, at - 40), at)
    .join("")
    .trimEnd();
  if (/(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield)$/.test(before))
    return true;
  return !/[\w$)\]"'`]$/.test(before);
}
