import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Conflict } from "../../parts/conflict.tsx";
import { showAtFields } from "../../parts/field-problem.ts";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { useChangeWebhook } from "./changes.ts";
import { type WebhookDetails, webhookQuery } from "./queries.ts";

/** The URL of a webhook. */
export function AddressForm({ webhook }: { webhook: WebhookDetails }): ReactNode {
  const { appId, webhookId } = webhook;
  const client = useQueryClient();
  const change = useChangeWebhook(webhook);
  const [known, setKnown] = useState(webhook.url);
  const [theirs, setTheirs] = useState<string>();
  const form = useForm({ initialValues: { url: known } });
  const take = (url: string) => {
    setKnown(url);
    setTheirs(undefined);
    form.setInitialValues({ url });
    form.setValues({ url });
  };
  const save = () =>
    change.run(form.getValues()).then(
      ({ url }) => take(url),
      (error) => showAtFields(form, error),
    );
  const submit = form.onSubmit(async () => {
    const current = await client.fetchQuery({ ...webhookQuery(appId, webhookId), staleTime: 0 });
    if (current.url === known) await save();
    else setTheirs(current.url);
  });
  return (
    <Panel title="URL" note="A new URL is used from the next attempt on, also for deliveries that wait.">
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput label="URL of the webhook" type="url" {...form.getInputProps("url")} />
          {theirs !== undefined && <Conflict theirs={theirs} useTheirs={() => take(theirs)} useMine={save} />}
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
