import { Anchor, Group, Loader, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Copyable } from "../../parts/copyable.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { When } from "../../parts/when.tsx";
import { accountQuery } from "../queries.ts";
import { AccountActions } from "./account-actions.tsx";
import { AccountFlags } from "./accounts-page.tsx";
import { NewPassword } from "./new-password.tsx";

/** An account, and what an operator can do with it. */
export function AccountPage(): ReactNode {
  const { accountId } = useParams({ from: "/operator/accounts/$accountId" });
  const { data: account, error } = useQuery(accountQuery(accountId));
  if (account === undefined) {
    return error === null ? <Loader aria-label="Loading" /> : <ProblemAlert error={error} />;
  }
  const actor = `account:${accountId}`;
  return (
    <Stack>
      <Panel title={account.name} note={account.email ?? "Without an e-mail address"}>
        <AccountFlags account={account} />
        <Copyable label="Account id" value={accountId} />
        <Text size="sm">
          Created <When at={account.createdAt} />, changed <When at={account.updatedAt} />.{" "}
          {account.hasPassword ? "It has a password." : "It has no password."}{" "}
          <Anchor
            underline="always"
            renderRoot={(props) => <Link to="/operator/audit" search={{ actor }} {...props} />}
          >
            What it changed
          </Anchor>
        </Text>
        <Group>
          <AccountActions account={account} />
        </Group>
      </Panel>
      <NewPassword accountId={accountId} />
    </Stack>
  );
}
