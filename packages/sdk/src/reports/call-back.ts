/** Calls a function of the app whose result is not used. Its error is printed, and changes nothing else. */
export async function callBack(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(error);
  }
}
