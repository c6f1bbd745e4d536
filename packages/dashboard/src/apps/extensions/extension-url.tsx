import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Conflict } from "../../parts/conflict.tsx";
import { showAtFields } from "../../parts/field-problem.ts";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { useChangeExtension } from "./changes.ts";
import { type Extension, extensionQuery } from "./queries.ts";

/** The URL of a page, or the base URI of a service plugin. */
export function ExtensionUrl({ extension }: { extension: Extension }): ReactNode {
  const { appId, extensionId, kind } = extension;
  const field = kind === "SERVICE_PLUGIN" ? "baseUri" : "url";
  const label = kind === "SERVICE_PLUGIN" ? "Base URI" : "URL";
  const client = useQueryClient();
  const change = useChangeExtension(extension);
  const [known, setKnown] = useState(extension[field] ?? "");
  const [theirs, setTheirs] = useState<string>();
  const form = useForm({ initialValues: { [field]: known } });
  const take = (url: string) => {
    setKnown(url);
    setTheirs(undefined);
    form.setInitialValues({ [field]: url });
    form.setValues({ [field]: url });
  };
  const save = () => {
    const typed = form.getValues()[field] ?? "";
    return change.run(field === "url" ? { url: typed } : { baseUri: typed }).then(
      (saved) => take(saved[field] ?? ""),
      (error) => showAtFields(form, error),
    );
  };
  const submit = form.onSubmit(async () => {
    const current = await client.fetchQuery({ ...extensionQuery(appId, extensionId), staleTime: 0 });
    if (current[field] === known) await save();
    else setTheirs(current[field] ?? "");
  });
  return (
    <Panel title={label} note="The new one is used at once, on every site.">
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput label={`${label} of the extension`} type="url" {...form.getInputProps(field)} />
          {theirs !== undefined && <Conflict theirs={theirs} useTheirs={() => take(theirs)} useMine={save} />}
          <ProblemAlert error={change.error} />
          <Group>
            <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
