import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { showAtFields } from "../parts/field-problem.ts";
import { Panel } from "../parts/panel.tsx";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { useChangePassword } from "./changes.ts";

/** The form for another password. */
export function Password(): ReactNode {
  const change = useChangePassword();
  const [isDone, setDone] = useState(false);
  const form = useForm({ initialValues: { currentPassword: "", newPassword: "" } });
  const submit = form.onSubmit(({ currentPassword, newPassword }) =>
    change.run({ newPassword, ...(currentPassword && { currentPassword }) }).then(
      () => {
        form.reset();
        setDone(true);
      },
      (error) => {
        setDone(false);
        showAtFields(form, error);
      },
    ),
  );
  return (
    <Panel title="Password" note="After a change, your other sessions end.">
      <form onSubmit={submit} noValidate>
        <Stack maw={360}>
          <PasswordInput
            label="Current password"
            description="Empty if you have none, because you sign in with your organization."
            autoComplete="current-password"
            {...form.getInputProps("currentPassword")}
          />
          <PasswordInput
            label="New password"
            description="At least 12 characters."
            autoComplete="new-password"
            {...form.getInputProps("newPassword")}
          />
          <ProblemAlert error={change.error} />
          {isDone && (
            <Text size="sm" role="status">
              The password is changed.
            </Text>
          )}
          <Group>
            <Button type="submit" loading={change.isPending} disabled={form.values.newPassword === ""}>
              Change the password
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
