import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Conflict } from "../../parts/conflict.tsx";
import { showAtFields } from "../../parts/field-problem.ts";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { useChangeRetention } from "../changes.ts";
import { type Retention, retentionQuery } from "../queries.ts";
import { changesOf, describe, effectOf, labels, valuesOf } from "./retention-values.ts";

/** The form of the days, with the effect of a change in words. */
export function RetentionForm({ initial }: { initial: Retention }): ReactNode {
  const client = useQueryClient();
  const change = useChangeRetention();
  const [known, setKnown] = useState(initial);
  const [theirs, setTheirs] = useState<Retention>();
  const form = useForm({ initialValues: valuesOf(initial) });
  const take = (saved: Retention) => {
    setKnown(saved);
    setTheirs(undefined);
    form.setInitialValues(valuesOf(saved));
    form.setValues(valuesOf(saved));
  };
  const save = async () => {
    const changed = changesOf(known, form.getValues());
    await change.run(changed).then(
      ({ items }) => take(items),
      (error) => showAtFields(form, error),
    );
  };
  const submit = form.onSubmit(async () => {
    const current = await client.fetchQuery({ ...retentionQuery, staleTime: 0 });
    if (JSON.stringify(current) === JSON.stringify(known)) await save();
    else setTheirs(current);
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack maw={560}>
        {known.map((item) => (
          <Stack key={item.kind} gap={4}>
            <TextInput
              label={labels[item.kind]}
              description={`${item.description}. ${describe(item)}`}
              inputMode="numeric"
              {...form.getInputProps(item.kind)}
            />
            <Text size="sm" fw={600} role="status">
              {effectOf(item, form.values[item.kind])}
            </Text>
          </Stack>
        ))}
        {theirs !== undefined && (
          <Conflict
            theirs={theirs.map(({ days, kind }) => `${labels[kind]}: ${days ?? "forever"}`).join("\n")}
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
