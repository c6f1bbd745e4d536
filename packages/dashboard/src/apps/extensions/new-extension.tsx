import { Button, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { showAtFields } from "../../parts/field-problem.ts";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { useCreateExtension } from "./changes.ts";
import { kinds } from "./kinds.ts";
import { type Extension, pluginTypesQuery } from "./queries.ts";

interface Values {
  readonly kind: Extension["kind"];
  readonly url: string;
  readonly componentType: string;
  readonly baseUri: string;
}

const initialValues: Values = { kind: "IFRAME_PAGE", url: "", componentType: "", baseUri: "" };
const kindOptions = Object.entries(kinds).map(([value, { label }]) => ({ value, label }));

/** The form for another extension of an app. */
export function NewExtension({ appId }: { appId: string }): ReactNode {
  const create = useCreateExtension(appId);
  const { data: types = [] } = useQuery(pluginTypesQuery);
  const form = useForm<Values>({ initialValues });
  const { kind } = form.values;
  const submit = form.onSubmit(({ baseUri, componentType, url }) =>
    create.run(kind === "SERVICE_PLUGIN" ? { kind, componentType, baseUri } : { kind, url }).then(
      () => form.reset(),
      (error) => showAtFields(form, error),
    ),
  );
  const typeOptions = types.map(({ componentType }) => componentType);
  return (
    <Panel title="Add an extension">
      <form onSubmit={submit} noValidate>
        <Stack>
          <NativeSelect
            label="Kind"
            description={kinds[kind].note}
            data={kindOptions}
            {...form.getInputProps("kind")}
          />
          {kind === "SERVICE_PLUGIN" ? (
            <>
              <NativeSelect
                label="Type"
                description="The interface that the app implements."
                data={[{ value: "", label: "Choose a type" }, ...typeOptions]}
                {...form.getInputProps("componentType")}
              />
              <TextInput
                label="Base URI"
                placeholder="https://app.example/plugins"
                type="url"
                {...form.getInputProps("baseUri")}
              />
            </>
          ) : (
            <TextInput
              label="URL"
              placeholder="https://app.example/page"
              type="url"
              {...form.getInputProps("url")}
            />
          )}
          <ProblemAlert error={create.error} />
          <Group>
            <Button type="submit" loading={create.isPending}>
              Add the extension
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
