import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { showAtFields } from "../../parts/field-problem.ts";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { useChangeAccount } from "../changes.ts";

/** Sets the password of an account whose owner cannot sign in. */
export function NewPassword({ accountId }: { accountId: string }): ReactNode {
  const change = useChangeAccount(accountId);
  const [isSet, setIsSet] = useState(false);
  const form = useForm({ initialValues: { password: "" } });
  const submit = form.onSubmit((values) =>
    change.run(values).then(
      () => {
        setIsSet(true);
        form.reset();
      },
      (error) => showAtFields(form, error),
    ),
  );
  return (
    <Panel
      title="Set a password"
      note="For somebody who cannot sign in. All sessions of the account end. The person should change it after signing in."
    >
      <form onSubmit={submit} noValidate autoComplete="off">
        <Stack>
          <PasswordInput
            label="New password"
            description="12 to 200 characters"
            maw={320}
            autoComplete="new-password"
            {...form.getInputProps("password")}
          />
          <ProblemAlert error={change.error} />
          <Group>
            <Button type="submit" loading={change.isPending}>
              Set the password
            </Button>
          </Group>
          {isSet && <Text role="status">The password is set, and all sessions have ended.</Text>}
        </Stack>
      </form>
    </Panel>
  );
}
