import { Anchor, Button, Group, NativeSelect, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { Problem } from "../../api/problem.ts";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { CallResult } from "./call-result.tsx";
import { useTestExtension } from "./changes.ts";
import { exampleRequest } from "./example-request.ts";
import { type Extension, installedQuery, type PluginMethod, pluginTypesQuery } from "./queries.ts";
import { readRequest } from "./request-text.ts";

const note =
  "Calls this plugin as the platform does, signed for one instance of the app. It reaches your endpoint also while its circuit is open, and is in the log of calls.";

/** A test call of a service plugin. */
export function TestCall({ extension }: { extension: Extension }): ReactNode {
  const { data: types, error } = useQuery(pluginTypesQuery);
  const type = types?.find(({ componentType }) => componentType === extension.componentType);
  return (
    <Panel title="Test call" note={note}>
      <ProblemAlert error={error} />
      {types && !type && <Text size="sm">The platform does not have this type any more.</Text>}
      {type && <TestForm extension={extension} methods={type.methods} />}
    </Panel>
  );
}

interface TestFormProps {
  readonly extension: Extension;
  readonly methods: readonly PluginMethod[];
}

function TestForm({ extension, methods }: TestFormProps): ReactNode {
  const test = useTestExtension(extension);
  const { data: instances } = useQuery(installedQuery(extension.appId));
  const [typedId, setTypedId] = useState<string>();
  const [name, setName] = useState(methods[0]?.name ?? "");
  const method = methods.find((one) => one.name === name);
  const [text, setText] = useState(() => exampleText(method));
  const [result, setResult] = useState<Awaited<ReturnType<typeof test.run>>>();
  const listId = useId();
  const instanceId = typedId ?? instances?.[0]?.instanceId ?? "";
  const { problem, request } = readRequest(text);
  const choose = (chosen: string) => {
    setName(chosen);
    setText(exampleText(methods.find((one) => one.name === chosen)));
    setResult(undefined);
  };
  const send = () => {
    setResult(undefined);
    if (request !== undefined) test.run({ instanceId, method: name, request }).then(setResult, () => {});
  };
  const fields = test.error instanceof Problem ? test.error.fields : {};
  return (
    <Stack>
      <Group align="start">
        <NativeSelect
          label="Method"
          data={methods.map((one) => one.name)}
          value={name}
          error={fields.method}
          onChange={(event) => choose(event.currentTarget.value)}
        />
        <TextInput
          label="Instance ID"
          description={instances?.length === 0 && "Install the app on a site to get one."}
          list={listId}
          w={340}
          maw="100%"
          value={instanceId}
          error={fields.instanceId}
          onChange={(event) => setTypedId(event.currentTarget.value.trim())}
        />
        <datalist id={listId}>
          {instances?.map((instance) => (
            <option key={instance.instanceId} value={instance.instanceId} label={`Site ${instance.siteId}`} />
          ))}
        </datalist>
      </Group>
      <Textarea
        label="Request"
        description="A JSON object"
        autosize
        minRows={6}
        maxRows={20}
        spellCheck={false}
        styles={{ input: { fontFamily: "monospace" } }}
        value={text}
        error={problem ?? requestProblem(fields)}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <ProblemAlert error={test.error} />
      <Group>
        <Button loading={test.isPending} disabled={problem !== undefined || instanceId === ""} onClick={send}>
          Send the request
        </Button>
        <Anchor component="button" type="button" size="sm" onClick={() => choose(name)}>
          Reset to the example
        </Anchor>
      </Group>
      {result && <CallResult result={result} />}
    </Stack>
  );
}

function exampleText(method: PluginMethod | undefined): string {
  return JSON.stringify(exampleRequest(method?.requestSchema), null, 2);
}

/** What the API says about fields of the request. */
function requestProblem(fields: Readonly<Record<string, string>>): string | undefined {
  const texts = Object.entries(fields).filter(([field]) => field.startsWith("request"));
  return texts.map(([field, text]) => `${field} ${text}`).join("; ") || undefined;
}
