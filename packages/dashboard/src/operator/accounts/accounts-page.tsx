import { Anchor, Badge, Group, Stack, Text } from "@mantine/core";
import { Link, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Empty } from "../../parts/empty.tsx";
import { Filters } from "../../parts/filters.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { When } from "../../parts/when.tsx";
import { Disclosed } from "../disclosed.tsx";
import { type Account, accountsQuery } from "../queries.ts";
import { NewAccount } from "./new-account.tsx";

const columns: readonly Column<Account>[] = [
  {
    heading: "Name",
    cell: ({ accountId, name }) => (
      <Anchor
        renderRoot={(props) => <Link to="/operator/accounts/$accountId" params={{ accountId }} {...props} />}
      >
        {name}
      </Anchor>
    ),
  },
  { heading: "E-mail address", from: "sm", cell: ({ email }) => <Text size="sm">{email ?? "None"}</Text> },
  { heading: "May", cell: (account) => <AccountFlags account={account} /> },
  { heading: "Created", from: "md", cell: ({ createdAt }) => <When at={createdAt} /> },
];

/** The people who sign in. */
export function AccountsPage(): ReactNode {
  const values = useSearch({ from: "/operator/accounts" });
  return (
    <Stack>
      <Disclosed label="New account">
        <NewAccount />
      </Disclosed>
      <Filters filters={[{ name: "email", label: "E-mail address" }]} />
      <List
        label="Accounts"
        query={accountsQuery(values)}
        columns={columns}
        keyOf={({ accountId }) => accountId}
        empty={<Empty title="No account matches" text="Enter a whole e-mail address, or clear the filter." />}
      />
    </Stack>
  );
}

/** What an account may do besides managing the sites that it is a member of. */
export function AccountFlags({ account }: { account: Account }): ReactNode {
  const { disabled, isDeveloper, isOperator } = account;
  return (
    <Group gap="xs">
      {disabled && (
        <Badge color="red.9" miw="max-content">
          Suspended
        </Badge>
      )}
      {isDeveloper && (
        <Badge variant="outline" miw="max-content">
          Developer
        </Badge>
      )}
      {isOperator && (
        <Badge variant="outline" miw="max-content">
          Operator
        </Badge>
      )}
    </Group>
  );
}
