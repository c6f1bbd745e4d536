import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Conflict } from "../parts/conflict.tsx";
import { showAtFields } from "../parts/field-problem.ts";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { useRenameSite } from "./changes.ts";
import { type Site, siteQuery } from "./queries.ts";

/** The name of a site. A name that somebody else saved meanwhile is shown before it is overwritten. */
export function RenameSite({ site }: { site: Site }): ReactNode {
  const client = useQueryClient();
  const rename = useRenameSite(site.siteId);
  const [theirs, setTheirs] = useState<string>();
  const [known, setKnown] = useState(site.name);
  const form = useForm({ initialValues: { name: known } });
  const take = (name: string) => {
    setKnown(name);
    setTheirs(undefined);
    form.setInitialValues({ name });
    form.setValues({ name });
  };
  const save = async () => {
    try {
      take((await rename.run(form.getValues())).name);
    } catch (error) {
      showAtFields(form, error);
    }
  };
  const submit = form.onSubmit(async () => {
    const current = await client.fetchQuery({ ...siteQuery(site.siteId), staleTime: 0 });
    if (current.name === known) await save();
    else setTheirs(current.name);
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput label="Name" maw={480} {...form.getInputProps("name")} />
        {theirs !== undefined && <Conflict theirs={theirs} useTheirs={() => take(theirs)} useMine={save} />}
        <ProblemAlert error={rename.error} />
        <Group>
          <Button type="submit" loading={rename.isPending} disabled={!form.isDirty()}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
