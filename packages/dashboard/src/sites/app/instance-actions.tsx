import { Group } from "@mantine/core";
import type { ReactNode } from "react";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { type InstanceAction, useChangeInstance } from "../changes.ts";
import type { SiteApp } from "../queries.ts";
import { useSite } from "../use-site.ts";

interface Action {
  readonly action: InstanceAction;
  readonly label: string;
  readonly title: string;
  readonly text: string;
  readonly danger: boolean;
  readonly states: readonly SiteApp["state"][];
  readonly for: "owner" | "operator";
}

const actions: readonly Action[] = [
  {
    action: "suspend",
    label: "Suspend",
    title: "Suspend this app?",
    text: "Its access tokens and refresh tokens are invalid at once, and it gets no new ones until it is resumed. The site and the permissions stay as they are.",
    danger: true,
    states: ["installed"],
    for: "operator",
  },
  {
    action: "resume",
    label: "Resume",
    title: "Resume this app?",
    text: "It can request tokens again. Its old tokens stay invalid.",
    danger: false,
    states: ["suspended"],
    for: "operator",
  },
  {
    action: "revoke-tokens",
    label: "Revoke all tokens",
    title: "Revoke all tokens of this app on this site?",
    text: "Its access tokens and refresh tokens are invalid at once. The app stays installed, and can request new tokens at once.",
    danger: true,
    states: ["installed", "suspended"],
    for: "owner",
  },
  {
    action: "remove",
    label: "Remove",
    title: "Remove this app from the site?",
    text: "Its access tokens and refresh tokens are invalid at once, and its pages are gone. The app gets the webhook AppRemoved. What it changed on the site stays; what it stored elsewhere is with its developer. The instance ID is kept: the app gets the same one when it is installed again.",
    danger: true,
    states: ["installed", "suspended"],
    for: "owner",
  },
];

/** What the person may do with the instance of an app; nothing for members. */
export function InstanceActions({ app }: { app: SiteApp }): ReactNode {
  const { isOperator, mayManage } = useSite();
  const change = useChangeInstance(app);
  const possible = actions.filter(
    (one) => one.states.includes(app.state) && (one.for === "owner" ? mayManage : isOperator),
  );
  return (
    <Group>
      {possible.map(({ action, danger, label, text, title }) => (
        <ConfirmButton key={action} {...{ danger, label, text, title }} change={change} input={action} />
      ))}
    </Group>
  );
}
