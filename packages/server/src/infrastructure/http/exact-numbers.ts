/** A string or a number in valid JSON. Strings are matched so that digits in them are skipped. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
/** The length up to which a number without exponent has at most 15 digits, which a double always holds. */
const alwaysExact = 15;

/**
 * Finds a number in valid JSON that a double cannot hold, so that parsing changes it, such as 9007199254740993 or 1e400.
 *
 * @returns its position; undefined without one
 */
export function findInexactNumber(json: string): number | undefined {
  for (const { 0: token, index } of json.matchAll(tokens)) {
    if (token.startsWith('"') || (token.length <= alwaysExact && !/e/i.test(token))) continue;
    if (decimalOf(token) !== decimalOf(String(Number(token)))) return index;
  }
  return undefined;
}

/** One spelling for each decimal value: its digits without outer zeros, and its exponent. */
function decimalOf(number: string): string {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return sign === undefined ? number : "0";
  const scale = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}e${scale}`;
}
