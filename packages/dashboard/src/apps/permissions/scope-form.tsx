import { Button, Group, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { App } from "../../api/changes.ts";
import { Conflict } from "../../parts/conflict.tsx";
import { showAtFields } from "../../parts/field-problem.ts";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { AddScope } from "./add-scope.tsx";
import { useChangeScopes } from "./changes.ts";
import { type DescribedScope, savedAppQuery } from "./queries.ts";
import { ScopeRow } from "./scope-row.tsx";
import { describeScopes, toRequests, toValues } from "./scope-values.ts";

interface ScopeFormProps {
  readonly app: App;
  readonly known: readonly DescribedScope[];
  /** Receives what the person has edited, before it is saved. */
  readonly edited: (scopes: App["scopes"]) => void;
}

const note =
  "Owners approve scopes when they install the app. The app must work without optional ones. An instance keeps its grant until its owner approves a new scope.";

/** Adds, removes and edits the scopes that an app requests. */
export function ScopeForm({ app, edited, known }: ScopeFormProps): ReactNode {
  const client = useQueryClient();
  const change = useChangeScopes(app.appId);
  const [base, setBase] = useState(app.scopes);
  const [theirs, setTheirs] = useState<{ readonly app: App; readonly tag: string }>();
  const form = useForm({
    initialValues: { scopes: toValues(base) },
    onValuesChange: ({ scopes }) => edited(toRequests(scopes)),
  });
  const { scopes } = form.values;
  const take = (saved: App["scopes"]) => {
    setBase(saved);
    setTheirs(undefined);
    form.setInitialValues({ scopes: toValues(saved) });
    form.setValues({ scopes: toValues(saved) });
  };
  const save = (tag: string) =>
    change.run({ scopes: toRequests(form.getValues().scopes), tag }).then(
      (saved) => take(saved.scopes),
      (error) => showAtFields(form, error),
    );
  const submit = form.onSubmit(async () => {
    const current = await client.fetchQuery(savedAppQuery(app.appId));
    if (JSON.stringify(current.app.scopes) === JSON.stringify(base)) await save(current.tag);
    else setTheirs(current);
  });
  return (
    <Panel title="Requested scopes" note={note}>
      <form onSubmit={submit} noValidate>
        <Stack>
          {scopes.length === 0 && <Text size="sm">The app requests none. Add the first one below.</Text>}
          {scopes.map(({ scopeId }, index) => (
            <ScopeRow
              key={scopeId}
              form={form}
              index={index}
              name={known.find((one) => one.scopeId === scopeId)?.name}
              remove={() => form.removeListItem("scopes", index)}
            />
          ))}
          <AddScope
            known={known.filter((one) => scopes.every(({ scopeId }) => scopeId !== one.scopeId))}
            add={(scopeId) => form.insertListItem("scopes", { scopeId, need: "required", reason: "" })}
          />
          {theirs !== undefined && (
            <Conflict
              theirs={describeScopes(theirs.app.scopes)}
              useTheirs={() => take(theirs.app.scopes)}
              useMine={() => save(theirs.tag)}
            />
          )}
          <ProblemAlert error={change.error} />
          <Group>
            <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
              Save
            </Button>
            {form.isDirty() && (
              <Button variant="default" onClick={() => take(base)}>
                Discard
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
