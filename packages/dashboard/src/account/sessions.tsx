import { Badge } from "@mantine/core";
import type { ReactNode } from "react";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { type Column, List } from "../parts/list.tsx";
import { Panel } from "../parts/panel.tsx";
import { When } from "../parts/when.tsx";
import { useEndSession } from "./changes.ts";
import { type Session, sessionsQuery } from "./queries.ts";

const columns: readonly Column<Session>[] = [
  { heading: "Signed in", cell: ({ createdAt }) => <When at={createdAt} /> },
  { heading: "Last used", from: "sm", cell: ({ usedAt }) => <When at={usedAt} /> },
  { heading: "Ends", from: "md", cell: ({ expiresAt }) => <When at={expiresAt} /> },
  { heading: "Actions", cell: (session) => <End session={session} /> },
];

/** The browsers in which the account is signed in. */
export function Sessions(): ReactNode {
  return (
    <Panel
      title="Sessions"
      note="One for each browser in which you are signed in. A session ends after 12 hours without use."
    >
      <List
        label="Sessions"
        query={sessionsQuery}
        columns={columns}
        keyOf={({ sessionId }) => sessionId}
        empty={null}
      />
    </Panel>
  );
}

function End({ session: { isCurrent, sessionId } }: { session: Session }): ReactNode {
  const end = useEndSession();
  if (isCurrent) return <Badge variant="default">This browser</Badge>;
  return (
    <ConfirmButton
      label="End"
      title="End this session?"
      text="The browser is signed out at once."
      change={end}
      input={sessionId}
      size="compact-sm"
    />
  );
}
