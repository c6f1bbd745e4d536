import { Button, Code, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type App, useChangeApp } from "../../api/changes.ts";
import { isConflict } from "../../api/problem.ts";
import { appQuery, meQuery, type Tagged } from "../../api/queries.ts";
import { Conflict } from "../../parts/conflict.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { atFields, type LegacyValues, toLegacy, toValues } from "./legacy-values.ts";

const note =
  "For apps that still use custom authentication: a code for each new instance, and refresh tokens.";

/** The addresses of the legacy flow, which only an operator changes. */
export function LegacyUrls({ app }: { app: Tagged<App> }): ReactNode {
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

function LegacyForm({ app }: { app: Tagged<App> }): ReactNode {
  const client = useQueryClient();
  const change = useChangeApp(app.appId);
  const [known, setKnown] = useState(app);
  const [theirs, setTheirs] = useState<Tagged<App>>();
  const form = useForm<LegacyValues>({ initialValues: toValues(known.legacy) });
  const take = (saved: Tagged<App>) => {
    setKnown(saved);
    setTheirs(undefined);
    form.setInitialValues(toValues(saved.legacy));
    form.setValues(toValues(saved.legacy));
  };
  const save = async ({ etag }: Tagged<App>): Promise<void> => {
    try {
      take(await change.run({ legacy: toLegacy(form.getValues()), etag }));
    } catch (error) {
      if (!isConflict(error)) return form.setErrors(atFields(error));
      const current = await client.fetchQuery({ ...appQuery(app.appId), staleTime: 0 });
      // Another field of the app has changed.
      if (JSON.stringify(current.legacy) === JSON.stringify(known.legacy)) return await save(current);
      setTheirs(current);
    }
  };
  return (
    <form onSubmit={form.onSubmit(() => save(known))} noValidate>
      <Stack>
        <TextInput label="App URL" {...form.getInputProps("appUrl")} />
        <Textarea label="Redirect URLs, one on each line" rows={3} {...form.getInputProps("redirectUrls")} />
        {theirs !== undefined && (
          <Conflict
            theirs={[theirs.legacy?.appUrl, ...(theirs.legacy?.redirectUrls ?? [])].join("\n")}
            useTheirs={() => take(theirs)}
            useMine={() => save(theirs)}
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
