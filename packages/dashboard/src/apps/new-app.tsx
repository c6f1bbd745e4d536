import { Button, Group, Stack, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useCreateApp } from "../api/changes.ts";
import { Copyable } from "../parts/copyable.tsx";
import { showAtFields } from "../parts/field-problem.ts";
import { Panel } from "../parts/panel.tsx";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { ShownOnce } from "./shown-once.tsx";

type CreatedApp = Awaited<ReturnType<ReturnType<typeof useCreateApp>["run"]>>;

/** The form for a new app, then its credentials. */
export function NewApp(): ReactNode {
  const [created, setCreated] = useState<CreatedApp>();
  return (
    <Stack maw={640}>
      <Title order={2}>{created === undefined ? "Create an app" : `${created.name} is created`}</Title>
      {created === undefined ? <AppForm done={setCreated} /> : <Credentials app={created} />}
    </Stack>
  );
}

function AppForm({ done }: { done: (app: CreatedApp) => void }): ReactNode {
  const create = useCreateApp();
  const form = useForm({ initialValues: { name: "" } });
  const submit = form.onSubmit(({ name }) =>
    create.run({ name }).then(done, (error) => showAtFields(form, error)),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label="Name"
          description="Owners of sites see it when they install the app."
          data-autofocus
          autoFocus
          {...form.getInputProps("name")}
        />
        <ProblemAlert error={create.error} />
        <Group>
          <Button type="submit" loading={create.isPending}>
            Create the app
          </Button>
          <Button variant="default" renderRoot={(props) => <Link to="/apps" {...props} />}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Credentials({ app: { appId, secret } }: { app: CreatedApp }): ReactNode {
  return (
    <Panel title="Credentials" note="Put both into the environment of your app.">
      <Copyable label="App ID" value={appId} />
      <ShownOnce value={secret.value} />
      <Group>
        <Button renderRoot={(props) => <Link to="/apps/$appId" params={{ appId }} {...props} />}>
          Continue to the app
        </Button>
      </Group>
    </Panel>
  );
}
