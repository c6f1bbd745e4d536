import { Button, Group, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type App, useChangeApp } from "../../api/changes.ts";
import { isConflict } from "../../api/problem.ts";
import { appQuery, type Tagged } from "../../api/queries.ts";
import { Conflict } from "../../parts/conflict.tsx";
import { showAtFields } from "../../parts/field-problem.ts";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { AddScope } from "./add-scope.tsx";
import type { DescribedScope } from "./queries.ts";
import { ScopeRow } from "./scope-row.tsx";
import { describeScopes, toRequests, toValues } from "./scope-values.ts";

interface ScopeFormProps {
  readonly app: Tagged<App>;
  readonly known: readonly DescribedScope[];
  /** Receives what the person has edited, before it is saved. */
  readonly edited: (scopes: App["scopes"]) => void;
}

const note =
  "Owners approve scopes when they install the app. The app must work without optional ones. An instance keeps its grant until its owner approves a new scope.";

/** Adds, removes and edits the scopes that an app requests. */
export function ScopeForm({ app, edited, known }: ScopeFormProps): ReactNode {
  const client = useQueryClient();
  const change = useChangeApp(app.appId);
  const [base, setBase] = useState(app);
  const [theirs, setTheirs] = useState<Tagged<App>>();
  const form = useForm({
    initialValues: { scopes: toValues(base.scopes) },
    onValuesChange: ({ scopes }) => edited(toRequests(scopes)),
  });
  const { scopes } = form.values;
  const take = (saved: Tagged<App>) => {
    setBase(saved);
    setTheirs(undefined);
    form.setInitialValues({ scopes: toValues(saved.scopes) });
    form.setValues({ scopes: toValues(saved.scopes) });
  };
  const save = async ({ etag }: Tagged<App>): Promise<void> => {
    try {
      take(await change.run({ scopes: toRequests(form.getValues().scopes), etag }));
    } catch (error) {
      if (!isConflict(error)) return showAtFields(form, error);
      const current = await client.fetchQuery({ ...appQuery(app.appId), staleTime: 0 });
      // Another field of the app has changed.
      if (JSON.stringify(current.scopes) === JSON.stringify(base.scopes)) return await save(current);
      setTheirs(current);
    }
  };
  return (
    <Panel title="Requested scopes" note={note}>
      <form onSubmit={form.onSubmit(() => save(base))} noValidate>
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
              theirs={describeScopes(theirs.scopes)}
              useTheirs={() => take(theirs)}
              useMine={() => save(theirs)}
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
