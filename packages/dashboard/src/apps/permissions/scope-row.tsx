import { Button, Code, Group, NativeSelect, Paper, Stack, Text, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ReactNode } from "react";
import type { ScopeValues } from "./scope-values.ts";

interface ScopeRowProps {
  readonly form: UseFormReturnType<{ scopes: ScopeValues[] }>;
  readonly index: number;
  /** Undefined for a scope that is no longer defined. */
  readonly name: string | undefined;
  readonly remove: () => void;
}

/** The fields of one requested scope. */
export function ScopeRow({ form, index, name, remove }: ScopeRowProps): ReactNode {
  const scopeId = form.values.scopes[index]?.scopeId ?? "";
  return (
    <Paper withBorder p="sm" role="group" aria-label={scopeId}>
      <Stack gap="xs">
        <Group justify="space-between" align="start">
          <div>
            <Text fw={600} size="sm">
              {name ?? "This scope is not defined any more"}
            </Text>
            <Code className="value">{scopeId}</Code>
          </div>
          <Button variant="default" size="compact-sm" onClick={remove} aria-label={`Remove ${scopeId}`}>
            Remove
          </Button>
        </Group>
        <Group align="start">
          <NativeSelect
            label="The app"
            data={[
              { value: "required", label: "needs it" },
              { value: "optional", label: "works without it" },
            ]}
            {...form.getInputProps(`scopes.${index}.need`)}
          />
          <TextInput
            label="Reason, which owners read"
            flex="1 1 220px"
            {...form.getInputProps(`scopes.${index}.reason`)}
            error={form.errors[`scopes[${index}].reason`]}
          />
        </Group>
        {form.errors[`scopes[${index}]`] && (
          <Text size="sm" c="red">
            {form.errors[`scopes[${index}]`]}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
