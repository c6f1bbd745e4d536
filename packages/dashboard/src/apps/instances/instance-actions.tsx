import { Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { meQuery } from "../../api/queries.ts";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Panel } from "../../parts/panel.tsx";
import { type InstanceAction, useChangeInstance } from "./changes.ts";
import type { Instance } from "./queries.ts";

interface Offered {
  readonly action: InstanceAction;
  readonly states: readonly Instance["state"][];
  /** Developers of the app may do it too, not only operators. */
  readonly developer?: true;
  readonly label: string;
  readonly title: string;
  readonly text: string;
  readonly danger?: true;
}

const actions: readonly Offered[] = [
  {
    action: "revoke-tokens",
    states: ["installed", "suspended"],
    developer: true,
    label: "Revoke tokens",
    title: "Revoke every token of this instance?",
    text: "The next request with any of them is refused, also with refresh tokens. The app can request new access tokens at once.",
    danger: true,
  },
  {
    action: "approve",
    states: ["installed"],
    label: "Approve all requested scopes",
    title: "Approve all scopes that the app requests?",
    text: "You decide for the owner of the site. The app may use the scopes with the tokens that it has already.",
  },
  {
    action: "suspend",
    states: ["installed"],
    label: "Suspend",
    title: "Suspend this instance?",
    text: "Its tokens are refused at once, and it gets no new ones until it is resumed. Its data and its grant stay. Events of this time are not sent later.",
  },
  {
    action: "resume",
    states: ["suspended"],
    label: "Resume",
    title: "Resume this instance?",
    text: "The app can request tokens again. Its old ones stay refused.",
  },
  {
    action: "remove",
    states: ["installed", "suspended"],
    label: "Remove the app from the site",
    title: "Remove the app from this site?",
    text: "Every token of the instance is refused at once. The app gets AppRemoved as the last event; waiting deliveries are still sent. The site keeps its content. When the app is installed again, the instance has the same id and a new grant.",
    danger: true,
  },
];

/** What the person may do with an instance. */
export function InstanceActions({ instance }: { instance: Instance }): ReactNode {
  const { data: me } = useQuery(meQuery);
  const change = useChangeInstance(instance.instanceId);
  const isOperator = me?.account?.isOperator ?? false;
  const offered = actions.filter(
    ({ developer, states }) => states.includes(instance.state) && (isOperator || developer),
  );
  if (offered.length === 0) return null;
  return (
    <Panel title="Actions">
      <Group>
        {offered.map(({ action, developer: _, states: __, ...texts }) => (
          <ConfirmButton key={action} {...texts} change={change} input={action} />
        ))}
      </Group>
      {!isOperator && (
        <Text size="sm">Owners of the site remove the app and approve its scopes. Operators suspend it.</Text>
      )}
    </Panel>
  );
}
