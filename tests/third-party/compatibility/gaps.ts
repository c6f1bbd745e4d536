/** Cases whose result differs from the documentation, with the reason. */
export const gaps: Readonly<Record<string, string>> = {};

/** Functions of the third-party client without a case, with the reason. */
export const untried: Readonly<Record<string, string>> = {
  skipTo:
    "goes on from a cursor, which builders of V1 do not have; cursors in a query of one's own are tried",
  getInstallUrl: "makes a link in the client, for the legacy install flow, which does not exist yet",
  handleOAuthCallback: "exchanges the code of the legacy install flow, which does not exist yet",
  decodeJWT: "checks webhooks; `tests/third-party/webhooks.test.ts` does so through the client",
  getActiveToken: "gives back the option `accessToken`; asks nobody",
};
