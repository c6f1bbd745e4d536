import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { publicKeyQuery } from "../../api/queries.ts";
import { Copyable } from "../../parts/copyable.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";

/** The key with which an app verifies webhooks and plugin calls. */
export function PublicKey({ appId }: { appId: string }): ReactNode {
  const { data, error, isPending } = useQuery(publicKeyQuery(appId));
  return (
    <Panel title="Public key" note="Your app verifies webhooks and service plugin calls with it.">
      {isPending && <Loader aria-label="Loading" />}
      <ProblemAlert error={error} />
      {data && (
        <>
          <Copyable label="PEM" value={data.publicKey} />
          <Copyable
            label="Base64, on one line"
            value={data.publicKeyBase64}
            note="For environment variables, such as APP_PUBLIC_KEY."
          />
        </>
      )}
    </Panel>
  );
}
