import { Stack, Text, Title } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { meQuery } from "../api/queries.ts";
import { Copyable } from "../parts/copyable.tsx";
import { Panel } from "../parts/panel.tsx";
import { Passkeys } from "./passkeys.tsx";
import { Password } from "./password.tsx";
import { Sessions } from "./sessions.tsx";

/** The person who is signed in, with what signs in as this person. */
export function AccountPage(): ReactNode {
  const { account } = useSuspenseQuery(meQuery).data;
  if (account === null) return null;
  const { accountId, email, isDeveloper, isOperator, name } = account;
  const roles = [isDeveloper && "a developer", isOperator && "an operator"].filter(Boolean);
  return (
    <Stack>
      <Title order={2}>Account</Title>
      <Panel title={name} note={email}>
        <Text size="sm">
          You are {roles.length === 0 ? "no developer and no operator" : roles.join(" and ")}.
        </Text>
        <Copyable
          label="Account ID"
          value={accountId}
          note="Give it to an owner of a site, who adds you as a member, or to a developer, who adds you to an app."
        />
      </Panel>
      <Sessions />
      <Passkeys />
      <Password />
    </Stack>
  );
}
