/** Cases whose result differs from the documentation, with the reason. */
export const gaps: Readonly<Record<string, string>> = {};

/** Functions of the third-party client without a case, with the reason. */
export const untried: Readonly<Record<string, string>> = {
  skipTo: "continues from a cursor, which builders of V1 do not have; cursors in a query object are tested",
  decodeJWT: "checks webhooks; `tests/third-party/webhooks.test.ts` tests it through the client",
};
