import type { ReactNode } from "react";
import { Copyable } from "../../parts/copyable.tsx";
import { Panel } from "../../parts/panel.tsx";
import { requestAsCurl, resendAsCurl } from "./curl.ts";
import type { DeliveryDetails } from "./queries.ts";

/** The request as a command, and the command that sends it again. `url` is absent for a deleted webhook. */
export function AsCurl({ delivery, url }: { delivery: DeliveryDetails; url: string | undefined }): ReactNode {
  return (
    <Panel
      title="As curl"
      note="The signed body, a JWT, is not stored, because it proves the identity of the platform. A request without it reaches your code only when it skips verification; resend the delivery for a signed one."
    >
      {url !== undefined && (
        <Copyable label="Unsigned request" language="bash" value={requestAsCurl(delivery, url)} />
      )}
      <Copyable
        label="Resend"
        language="bash"
        value={resendAsCurl(delivery, globalThis.location.origin)}
        note="The key needs the scope deliveries:write."
      />
    </Panel>
  );
}
