/** The outcomes of an attempt: text by name in the API. */
export const outcomes: Readonly<Record<string, string>> = {
  delivered: "Delivered",
  wrong_status: "Wrong status",
  redirect: "Redirect, not followed",
  timeout: "Timeout",
  address_refused: "Address not allowed",
  dns: "Name not found",
  connect: "No connection",
  tls: "TLS failed",
  reset: "Connection broke",
  invalid_response: "Invalid response",
};

/** The outcome of an attempt in words. */
export function outcomeText(outcome: string): string {
  return outcomes[outcome] ?? outcome;
}
