import { Button, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { showAtFields } from "../../parts/field-problem.ts";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { useCreateWebhook, type WebhookFormat } from "./changes.ts";
import { eventTypesQuery } from "./queries.ts";
import { SigningSecret } from "./secret.tsx";
import { formatLabels } from "./settings.tsx";

/** The form for another webhook; then its signing secret, until the page is left. */
export function NewWebhook({ appId }: { appId: string }): ReactNode {
  const create = useCreateWebhook(appId);
  const { data: types = [] } = useQuery(eventTypesQuery);
  const [secret, setSecret] = useState<string>();
  const form = useForm({ initialValues: { eventType: "", url: "", format: "jwt" as WebhookFormat } });
  const listId = useId();
  const chosen = types.find(({ eventType }) => eventType === form.getValues().eventType);
  const submit = form.onSubmit((values) =>
    create.run(values).then(
      ({ signingSecret }) => {
        setSecret(signingSecret);
        form.reset();
      },
      (error) => showAtFields(form, error),
    ),
  );
  return (
    <Panel title="Create a webhook" note="Each event is sent to the URL in a signed request.">
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput
            label="Event type"
            placeholder="AppInstalled"
            description={
              chosen ? chosen.description : "Choose one, or type the name of one of your platform."
            }
            list={listId}
            {...form.getInputProps("eventType")}
          />
          <datalist id={listId}>
            {types.map(({ eventType }) => (
              <option key={eventType} value={eventType} />
            ))}
          </datalist>
          <TextInput
            label="URL"
            placeholder="https://app.example/webhooks"
            type="url"
            {...form.getInputProps("url")}
          />
          <NativeSelect
            label="Format"
            data={Object.entries(formatLabels).map(([value, label]) => ({ value, label }))}
            {...form.getInputProps("format")}
          />
          <ProblemAlert error={create.error} />
          <Group>
            <Button type="submit" loading={create.isPending}>
              Create the webhook
            </Button>
          </Group>
          {secret !== undefined && <SigningSecret value={secret} />}
        </Stack>
      </form>
    </Panel>
  );
}
