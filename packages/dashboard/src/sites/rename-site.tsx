import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { isConflict } from "../api/problem.ts";
import type { Tagged } from "../api/queries.ts";
import { Conflict } from "../parts/conflict.tsx";
import { showAtFields } from "../parts/field-problem.ts";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { useRenameSite } from "./changes.ts";
import { type Site, siteQuery } from "./queries.ts";

/** The name of a site. A name that somebody else saved meanwhile is shown before it is overwritten. */
export function RenameSite({ site }: { site: Tagged<Site> }): ReactNode {
  const client = useQueryClient();
  const rename = useRenameSite(site.siteId);
  const [known, setKnown] = useState(site);
  const [theirs, setTheirs] = useState<Tagged<Site>>();
  const form = useForm({ initialValues: { name: known.name } });
  const take = (saved: Tagged<Site>) => {
    setKnown(saved);
    setTheirs(undefined);
    form.setInitialValues({ name: saved.name });
    form.setValues({ name: saved.name });
  };
  const save = async ({ etag }: Tagged<Site>): Promise<void> => {
    try {
      take(await rename.run({ ...form.getValues(), etag }));
    } catch (error) {
      if (!isConflict(error)) return showAtFields(form, error);
      const current = await client.fetchQuery({ ...siteQuery(site.siteId), staleTime: 0 });
      // Another field of the site has changed.
      if (current.name === known.name) return await save(current);
      setTheirs(current);
    }
  };
  return (
    <form onSubmit={form.onSubmit(() => save(known))} noValidate>
      <Stack>
        <TextInput label="Name" maw={480} {...form.getInputProps("name")} />
        {theirs !== undefined && (
          <Conflict theirs={theirs.name} useTheirs={() => take(theirs)} useMine={() => save(theirs)} />
        )}
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
