/** Runs a check. Reports its error, and throws it. */
export async function reporting<Result>(
  report: ((error: unknown) => void) | undefined,
  check: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await check();
  } catch (error) {
    report?.(error);
    throw error;
  }
}
