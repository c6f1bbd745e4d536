import { Button, Checkbox, Group, Input, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { Copyable } from "../../parts/copyable.tsx";
import { showAtFields } from "../../parts/field-problem.ts";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { useCreateApiKey } from "../changes.ts";
import { isKeyScope, type KeyScope, keyScopes } from "./key-scopes.ts";

/** The form for a key of the management API; then its value, until the page is left. */
export function NewApiKey(): ReactNode {
  const create = useCreateApiKey();
  const [value, setValue] = useState<string>();
  const form = useForm({
    initialValues: { name: "", appId: "", expiresAt: "", scopes: [] as KeyScope[] },
    enhanceGetInputProps: ({ field }) => ({ name: field }),
  });
  const submit = form.onSubmit(({ appId, expiresAt, name, scopes }) =>
    create
      .run({
        name,
        scopes,
        ...(appId && { appId }),
        ...(expiresAt && { expiresAt: new Date(expiresAt).toISOString() }),
      })
      .then(
        (key) => {
          setValue(key.value);
          form.reset();
        },
        (error) => showAtFields(form, error),
      ),
  );
  const wrongScope = Object.entries(form.errors).find(([field]) => field.startsWith("scopes"))?.[1];
  return (
    <Panel title="Create a key" note="Its value is shown once.">
      <form onSubmit={submit} noValidate>
        <Stack>
          <Group align="start">
            <TextInput label="Name" placeholder="Such as Reporting" {...form.getInputProps("name")} />
            <TextInput
              label="App ID"
              placeholder="Optional: binds the key to one app"
              {...form.getInputProps("appId")}
            />
            <TextInput type="datetime-local" label="Expires" {...form.getInputProps("expiresAt")} />
          </Group>
          <Checkbox.Group
            label="Scopes"
            value={form.values.scopes}
            onChange={(scopes) => form.setFieldValue("scopes", scopes.filter(isKeyScope))}
          >
            <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="xs" mt="xs">
              {Object.entries(keyScopes).map(([scope, text]) => (
                <Checkbox key={scope} value={scope} label={text} description={scope} />
              ))}
            </SimpleGrid>
          </Checkbox.Group>
          {wrongScope && <Input.Error role="alert">{wrongScope}</Input.Error>}
          <ProblemAlert error={create.error} />
          <Group>
            <Button type="submit" loading={create.isPending}>
              Create a key
            </Button>
          </Group>
          {value !== undefined && (
            <Copyable label="API key" value={value} note="Copy it now: it is not shown again." />
          )}
        </Stack>
      </form>
    </Panel>
  );
}
