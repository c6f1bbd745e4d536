import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import type { Change } from "../api/changes.ts";
import { isConflict, Problem } from "../api/problem.ts";
import { Conflict } from "../parts/conflict.tsx";
import { Panel } from "../parts/panel.tsx";
import { ProblemAlert } from "../parts/problem-alert.tsx";

/** The URL of an object, with the ETag of the object. */
export interface SavedUrl {
  readonly url: string;
  readonly etag: string;
}

interface UrlFormProps {
  /** What the URL is called, such as `Base URI`. */
  readonly title: string;
  /** The label of its field. */
  readonly label: string;
  readonly note: string;
  readonly saved: SavedUrl;
  /** Reads what is saved now. */
  readonly read: () => Promise<SavedUrl>;
  /** Saves a URL, unless somebody else has changed it. */
  readonly change: Change<SavedUrl, SavedUrl>;
}

/** The form for the only field of an object that can be changed: its URL. */
export function UrlForm({ change, label, note, read, saved, title }: UrlFormProps): ReactNode {
  const [known, setKnown] = useState(saved);
  const [theirs, setTheirs] = useState<SavedUrl>();
  const form = useForm({ initialValues: { url: saved.url } });
  const take = ({ etag, url }: SavedUrl) => {
    setKnown({ etag, url });
    setTheirs(undefined);
    form.setInitialValues({ url });
    form.setValues({ url });
  };
  const save = async ({ etag }: SavedUrl): Promise<void> => {
    try {
      take(await change.run({ url: form.getValues().url, etag }));
    } catch (error) {
      if (isConflict(error)) return setTheirs(await read());
      if (error instanceof Problem) form.setErrors({ url: Object.values(error.fields)[0] });
    }
  };
  return (
    <Panel title={title} note={note}>
      <form onSubmit={form.onSubmit(() => save(known))} noValidate>
        <Stack>
          <TextInput label={label} type="url" {...form.getInputProps("url")} />
          {theirs !== undefined && (
            <Conflict theirs={theirs.url} useTheirs={() => take(theirs)} useMine={() => save(theirs)} />
          )}
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
