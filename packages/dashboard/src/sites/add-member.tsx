import { Button, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { ReactNode } from "react";
import { showAtFields } from "../parts/field-problem.ts";
import { Panel } from "../parts/panel.tsx";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { usePutMember } from "./changes.ts";

/** The form for another member. */
export function AddMember({ roles, siteId }: { siteId: string; roles: readonly string[] }): ReactNode {
  const put = usePutMember(siteId);
  const form = useForm({ initialValues: { accountId: "", role: "OWNER" } });
  const submit = form.onSubmit(({ accountId, role }) =>
    put.run({ accountId: accountId.trim(), role, seen: null }).then(
      () => form.reset(),
      (error) => showAtFields(form, error),
    ),
  );
  return (
    <Panel title="Add a member" note="A person finds the Account ID on the page Account of this dashboard.">
      <form onSubmit={submit} noValidate>
        <Stack>
          <Group align="start">
            <TextInput label="Account ID" miw={240} flex={1} maw={400} {...form.getInputProps("accountId")} />
            <NativeSelect label="Role" data={[...roles]} {...form.getInputProps("role")} />
          </Group>
          <ProblemAlert error={put.error} />
          <Group>
            <Button type="submit" loading={put.isPending} disabled={form.values.accountId.trim() === ""}>
              Add the member
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
