import { Button, Checkbox, Group, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { showAtFields } from "../../parts/field-problem.ts";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { useCreateAccount } from "../changes.ts";

/** The form for another account. */
export function NewAccount(): ReactNode {
  const create = useCreateAccount();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { name: "", email: "", password: "", isDeveloper: false, isOperator: false },
  });
  const submit = form.onSubmit(({ password, ...account }) =>
    create.run({ ...account, ...(password && { password }) }).then(
      ({ accountId }) => navigate({ to: "/operator/accounts/$accountId", params: { accountId } }),
      (error) => showAtFields(form, error),
    ),
  );
  return (
    <Panel
      title="Create an account"
      note="Without a password, the person signs in with your identity provider, or gets a password later."
    >
      <form onSubmit={submit} noValidate autoComplete="off">
        <Stack>
          <Group align="start">
            <TextInput label="Name" autoComplete="off" {...form.getInputProps("name")} />
            <TextInput
              label="E-mail address of the account"
              type="email"
              autoComplete="off"
              {...form.getInputProps("email")}
            />
            <PasswordInput
              label="Password"
              miw={200}
              placeholder="Optional"
              autoComplete="new-password"
              {...form.getInputProps("password")}
            />
          </Group>
          <Group>
            <Checkbox
              label="Developer: may create apps"
              {...form.getInputProps("isDeveloper", { type: "checkbox" })}
            />
            <Checkbox
              label="Operator: may do everything"
              {...form.getInputProps("isOperator", { type: "checkbox" })}
            />
          </Group>
          <ProblemAlert error={create.error} />
          <Group>
            <Button type="submit" loading={create.isPending}>
              Create the account
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
