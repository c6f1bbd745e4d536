import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { useCreateSecret } from "../../api/changes.ts";
import { showAtFields } from "../../parts/field-problem.ts";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { ShownOnce } from "../shown-once.tsx";

/** The form for another secret; then the secret, until the page is left. */
export function NewSecret({ appId }: { appId: string }): ReactNode {
  const create = useCreateSecret(appId);
  const [value, setValue] = useState<string>();
  const form = useForm({ initialValues: { name: "", expiresAt: "" } });
  const submit = form.onSubmit(({ expiresAt, name }) =>
    create.run({ name, ...(expiresAt && { expiresAt: new Date(expiresAt).toISOString() }) }).then(
      (secret) => {
        setValue(secret.value);
        form.reset();
      },
      (error) => showAtFields(form, error),
    ),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Group align="start">
          <TextInput
            label="Name of a new secret"
            placeholder="Such as 2027 or staging"
            {...form.getInputProps("name")}
          />
          <TextInput
            type="datetime-local"
            label="Expires"
            description="Optional"
            inputWrapperOrder={["label", "input", "description", "error"]}
            {...form.getInputProps("expiresAt")}
          />
        </Group>
        <ProblemAlert error={create.error} />
        <Group>
          <Button type="submit" loading={create.isPending}>
            Create a secret
          </Button>
        </Group>
        {value !== undefined && <ShownOnce value={value} />}
      </Stack>
    </form>
  );
}
