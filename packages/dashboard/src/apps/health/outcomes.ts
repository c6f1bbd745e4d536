import { explain } from "../logs/reasons.ts";

const outcomes: Readonly<Record<string, string>> = {
  refused: "The token, its permission or its rate was not accepted. The table above has the reasons.",
  "4xx": "The request was wrong. The response says what to change.",
  "5xx": "The server failed. Tell the operator the request ID of a response.",
  wrong_status: "The endpoint responded with a status that does not count as success.",
  redirect: "The endpoint responded with a redirect, which is not followed. Register the final address.",
  timeout: "The endpoint did not respond in time. Respond first, and do the work afterwards.",
  address_refused: "The address is private or not allowed.",
  dns: "The host name has no address.",
  connect: "Nothing accepted the connection.",
  tls: "The certificate is not valid for the host.",
  reset: "The connection ended before the response was complete.",
  invalid_response: "The response is not valid HTTP.",
  TIMEOUT: "The plugin did not respond within the time of the method.",
  UNREACHABLE: "The plugin could not be reached.",
  REFUSED: "The plugin responded with an error status.",
  INVALID_ANSWER: "The response of the plugin does not match the schema of the method.",
  APPLICATION_ERROR: "The plugin returned an error of its own.",
  CIRCUIT_OPEN: "The plugin failed five times in a row, and is not called for a while.",
  LOOP: "The plugin was not called, because it caused the call itself.",
  TOO_MANY_CALLS: "The plugin was not called, because too many calls were in progress.",
};

/** Explains the outcome of a token request, a call or a delivery; empty for one that is not known. */
export function explainOutcome(outcome: string): string {
  return outcomes[outcome] ?? explain(outcome);
}
