import { Button, Code, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Empty } from "../../parts/empty.tsx";
import { Filters } from "../../parts/filters.tsx";
import { Json } from "../../parts/json/json.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { When } from "../../parts/when.tsx";
import { type AuditEntry, auditQuery } from "../queries.ts";
import { ExportButton } from "./export-button.tsx";

const filters = [
  { name: "actor", label: "Actor" },
  { name: "action", label: "Action" },
  { name: "appId", label: "App" },
  { name: "siteId", label: "Site" },
  { name: "instanceId", label: "Instance" },
  { name: "requestId", label: "Request" },
  { name: "since", label: "Since", kind: "time" },
  { name: "until", label: "Until", kind: "time" },
] as const;

const columns: readonly Column<AuditEntry>[] = [
  { heading: "Time", cell: ({ occurredAt }) => <When at={occurredAt} /> },
  { heading: "Action", cell: ({ action }) => <Code>{action}</Code> },
  { heading: "Actor", from: "sm", cell: ({ actor }) => <Text size="sm">{actor}</Text> },
  { heading: "Details", cell: (entry) => <Details entry={entry} /> },
];

/** Every change, and who made it. */
export function AuditPage(): ReactNode {
  const values = useSearch({ from: "/operator/audit" });
  return (
    <Stack>
      <Filters filters={filters} />
      <Group>
        <ExportButton filters={values} />
      </Group>
      <List
        label="Audit log"
        query={auditQuery(values)}
        columns={columns}
        keyOf={({ entryId }) => entryId}
        empty={
          <Empty
            title="No change matches"
            text="The audit log has an entry for each change that a person, a key or the server made. Actors are admin, key:<id>, account:<id> and system; actions are such as app.created. Clear the filters to see all."
          />
        }
      />
    </Stack>
  );
}

function Details({ entry }: { entry: AuditEntry }): ReactNode {
  const [opened, { close, open }] = useDisclosure();
  return (
    <>
      <Button variant="default" size="compact-sm" onClick={open} aria-label={`Details of ${entry.action}`}>
        Details
      </Button>
      <Modal opened={opened} onClose={close} title={entry.action} size="lg" lockScroll={false}>
        {opened && <Json label="Entry" value={entry} />}
      </Modal>
    </>
  );
}
