import { Badge, Code, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { meQuery } from "../api/queries.ts";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { Empty } from "../parts/empty.tsx";
import { type Column, List } from "../parts/list.tsx";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { AddMember } from "./add-member.tsx";
import { usePutMember, useRemoveMember } from "./changes.ts";
import { type Member, membersQuery, rolesQuery } from "./queries.ts";
import { useSite } from "./use-site.ts";

/** The members of the site; an owner adds and removes them, and changes their roles. */
export function Members(): ReactNode {
  const { mayManage, site } = useSite();
  const { siteId } = site;
  const put = usePutMember(siteId);
  const { data: roles = [] } = useQuery(rolesQuery);
  const names = roles.map(({ role }) => role);
  const columns: readonly Column<Member>[] = [
    { heading: "Name", cell: (member) => <Name member={member} /> },
    { heading: "Account ID", from: "sm", cell: ({ accountId }) => <Code>{accountId}</Code> },
    {
      heading: "Role",
      cell: ({ accountId, name, role }) =>
        mayManage ? (
          <NativeSelect
            aria-label={`Role of ${name ?? accountId}`}
            size="xs"
            miw={110}
            data={names.includes(role) ? names : [role, ...names]}
            value={role}
            disabled={put.isPending}
            onChange={({ currentTarget: { value } }) =>
              put.run({ accountId, role: value, seen: role }).catch(() => {})
            }
          />
        ) : (
          <Badge variant="default">{role}</Badge>
        ),
    },
    ...(mayManage ? [{ heading: "Actions", cell: (member: Member) => <Remove member={member} /> }] : []),
  ];
  return (
    <Stack>
      <Text size="sm">
        The role OWNER permits everything on this site. Other roles limit what apps can do for a member on
        their pages; an operator of the platform defines them.
      </Text>
      <ProblemAlert error={put.error} />
      <List
        label="Members"
        query={membersQuery(siteId)}
        columns={columns}
        keyOf={({ accountId }) => accountId}
        empty={
          <Empty
            title="This site has no members"
            text="A member sees the site here and opens the pages of its apps. An owner also installs apps."
          />
        }
      />
      {mayManage && <AddMember siteId={siteId} roles={names} />}
    </Stack>
  );
}

function Name({ member: { accountId, name } }: { member: Member }): ReactNode {
  const isMe = useSuspenseQuery(meQuery).data.account?.accountId === accountId;
  return (
    <Group gap="xs">
      <span className="value">{name ?? "A person of the platform"}</span>
      {isMe && <Badge variant="default">You</Badge>}
    </Group>
  );
}

function Remove({ member: { accountId, name, siteId } }: { member: Member }): ReactNode {
  const remove = useRemoveMember(siteId);
  return (
    <ConfirmButton
      label="Remove"
      title={`Remove ${name ?? accountId} from the site?`}
      text="The member no longer sees the site, and tokens that pages of apps have for the member are invalid at once. Added again, the member starts anew."
      change={remove}
      input={accountId}
      danger
      size="compact-sm"
    />
  );
}
