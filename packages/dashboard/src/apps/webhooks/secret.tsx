import { Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Panel } from "../../parts/panel.tsx";
import { When } from "../../parts/when.tsx";
import { useRotateSecret } from "./changes.ts";
import type { WebhookDetails } from "./queries.ts";

/** The signing secret of a webhook, which can be replaced. */
export function Secret({ webhook }: { webhook: WebhookDetails }): ReactNode {
  const rotate = useRotateSecret(webhook);
  const [secret, setSecret] = useState<string>();
  const keep = {
    ...rotate,
    run: (input: undefined) => rotate.run(input).then(({ signingSecret }) => setSecret(signingSecret)),
  };
  const previousUntil = webhook.previousSecretExpiresAt;
  return (
    <Panel
      title="Signing secret"
      note="It signs the header webhook-signature, for Standard Webhooks libraries. It was shown when it was created."
    >
      {secret !== undefined && <SigningSecret value={secret} />}
      {previousUntil !== null && (
        <Text size="sm">
          The previous secret also signs until <When at={previousUntil} />.
        </Text>
      )}
      <div>
        <ConfirmButton
          label="Rotate the secret"
          title="Create a new signing secret?"
          text="Each request has two signatures for 24 hours: one with the new secret, one with the previous one. Deploy the new secret in this time."
          change={keep}
          input={undefined}
        />
      </div>
    </Panel>
  );
}

/** A new signing secret, which no other page can show. */
export function SigningSecret({ value }: { value: string }): ReactNode {
  return (
    <Copyable
      label="Signing secret"
      value={value}
      note="Copy it now: it is not shown again. Standard Webhooks libraries need it; the SDK verifies with the public key of the app."
    />
  );
}
