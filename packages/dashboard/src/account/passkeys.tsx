import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { ReactNode } from "react";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { showAtFields } from "../parts/field-problem.ts";
import { type Column, List } from "../parts/list.tsx";
import { Panel } from "../parts/panel.tsx";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { When } from "../parts/when.tsx";
import { useCreatePasskey, useDeletePasskey } from "./changes.ts";
import { type Passkey, passkeysQuery } from "./queries.ts";

const columns: readonly Column<Passkey>[] = [
  { heading: "Name", cell: ({ name }) => name },
  { heading: "Created", from: "sm", cell: ({ createdAt }) => <When at={createdAt} /> },
  { heading: "Last used", from: "sm", cell: ({ usedAt }) => <When at={usedAt} /> },
  { heading: "Actions", cell: (passkey) => <Delete passkey={passkey} /> },
];

/** The passkeys with which the person signs in without a password. */
export function Passkeys(): ReactNode {
  return (
    <Panel
      title="Passkeys"
      note="A passkey is on your device, and signs you in with its screen lock in place of a password."
    >
      <List
        label="Passkeys"
        query={passkeysQuery}
        columns={columns}
        keyOf={({ passkeyId }) => passkeyId}
        empty={<Text size="sm">You have no passkeys yet.</Text>}
      />
      <NewPasskey />
    </Panel>
  );
}

function NewPasskey(): ReactNode {
  const create = useCreatePasskey();
  const form = useForm({ initialValues: { name: "" } });
  if (globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON === undefined) {
    return <Text size="sm">This browser has no passkeys.</Text>;
  }
  const submit = form.onSubmit((values) =>
    create.run(values).then(
      () => form.reset(),
      (error) => showAtFields(form, error),
    ),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label="Name of a new passkey"
          placeholder="Such as phone or security key"
          maw={360}
          {...form.getInputProps("name")}
        />
        <ProblemAlert error={create.error} />
        <Group>
          <Button type="submit" loading={create.isPending} disabled={form.values.name.trim() === ""}>
            Create a passkey
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Delete({ passkey: { name, passkeyId } }: { passkey: Passkey }): ReactNode {
  const remove = useDeletePasskey();
  return (
    <ConfirmButton
      label="Delete"
      title={`Delete the passkey ${name}?`}
      text="It no longer signs you in. Delete it on the device too."
      change={remove}
      input={passkeyId}
      danger
      size="compact-sm"
    />
  );
}
