import type { DeliveryDetails } from "./queries.ts";

/** The request of the last attempt as a command. Its body is the payload, because the signed body is not stored. */
export function requestAsCurl({ log, payload }: DeliveryDetails, url: string): string {
  const headers = Object.entries(log.at(-1)?.requestHeaders ?? {});
  return [
    `curl -i -X POST ${quoted(url)}`,
    ...headers.map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`),
    `  --data-binary ${quoted(JSON.stringify(payload))}`,
  ].join(" \\\n");
}

/** A command that sends a delivery again. */
export function resendAsCurl({ deliveryId }: DeliveryDetails, origin: string): string {
  return [
    `curl -X POST "${origin}/admin/v1/deliveries/${deliveryId}/resend"`,
    `  -H "Authorization: Bearer $LATCHKEY_ADMIN_KEY"`,
  ].join(" \\\n");
}

/** A word of a shell command. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
