import { Button, Group, Stack, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { showAtFields } from "../parts/field-problem.ts";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { useCreateSite } from "./changes.ts";

/** The form for a new site. */
export function NewSite(): ReactNode {
  const create = useCreateSite();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { name: "" } });
  const submit = form.onSubmit(({ name }) =>
    create.run({ name }).then(
      ({ siteId }) => navigate({ to: "/sites/$siteId", params: { siteId } }),
      (error) => showAtFields(form, error),
    ),
  );
  return (
    <Stack maw={640}>
      <Title order={2}>Create a site</Title>
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput
            label="Name"
            description="Apps on the site can read it. You are its owner, and can change everything later."
            data-autofocus
            autoFocus
            {...form.getInputProps("name")}
          />
          <ProblemAlert error={create.error} />
          <Group>
            <Button type="submit" loading={create.isPending}>
              Create the site
            </Button>
            <Button variant="default" renderRoot={(props) => <Link to="/sites" {...props} />}>
              Cancel
            </Button>
          </Group>
        </Stack>
      </form>
    </Stack>
  );
}
