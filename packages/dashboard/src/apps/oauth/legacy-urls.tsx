import { Button, Code, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type App, useChangeApp } from "../../api/changes.ts";
import { appQuery, meQuery } from "../../api/queries.ts";
import { Conflict } from "../../parts/conflict.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { atFields, type LegacyValues, toLegacy, toValues } from "./legacy-values.ts";

const note =
  "For apps that still use custom authentication: a code for each new instance, and refresh tokens.";

/** The addresses of the legacy flow, which only an operator changes. */
export function LegacyUrls({ app }: { app: App }): ReactNode {
  const { data: me } = useQuery(meQuery);
  return (
    <Panel title="Legacy URLs" note={note}>
      {me?.account?.isOperator ? <LegacyForm app={app} /> : <LegacyText legacy={app.legacy} />}
    </Panel>
  );
}

function LegacyText({ legacy }: Pick<App, "legacy">): ReactNode {
  if (legacy === null) return <Text size="sm">This app does not use them. An operator can set them.</Text>;
  return <Code block>{[legacy.appUrl, ...legacy.redirectUrls].join("\n")}</Code>;
}

function LegacyForm({ app }: { app: App }): ReactNode {
  const client = useQueryClient();
  const change = useChangeApp(app.appId);
  const [known, setKnown] = useState(app.legacy);
  const [theirs, setTheirs] = useState<App["legacy"]>();
  const form = useForm<LegacyValues>({ initialValues: toValues(known) });
  const save = async () => {
    try {
      const saved = await change.run({ legacy: toLegacy(form.getValues()) });
      take(saved.legacy);
    } catch (error) {
      form.setErrors(atFields(error));
    }
  };
  const take = (legacy: App["legacy"]) => {
    setKnown(legacy);
    setTheirs(undefined);
    form.setInitialValues(toValues(legacy));
    form.setValues(toValues(legacy));
  };
  const submit = form.onSubmit(async () => {
    const current = await client.fetchQuery({ ...appQuery(app.appId), staleTime: 0 });
    if (JSON.stringify(current.legacy) === JSON.stringify(known)) await save();
    else setTheirs(current.legacy);
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput label="App URL" {...form.getInputProps("appUrl")} />
        <Textarea label="Redirect URLs, one on each line" rows={3} {...form.getInputProps("redirectUrls")} />
        {theirs !== undefined && (
          <Conflict
            theirs={[theirs?.appUrl, ...(theirs?.redirectUrls ?? [])].join("\n")}
            useTheirs={() => take(theirs)}
            useMine={save}
          />
        )}
        <ProblemAlert error={change.error} />
        <Group>
          <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
