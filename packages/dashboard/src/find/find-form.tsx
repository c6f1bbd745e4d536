import { Button, Group, Stack, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";

interface FindFormProps {
  readonly initial?: string;
  readonly find: (text: string) => void;
}

/** The field for an id. The browser neither keeps nor checks what is typed: it may be a secret. */
export function FindForm({ find, initial = "" }: FindFormProps): ReactNode {
  const [text, setText] = useState(initial);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    find(text.trim());
  };
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap="xs">
        <TextInput
          label="Id, secret or token"
          description="A request id, the id of any object, the first 12 characters of an App secret, or a whole secret or token. It is sent in the body, so it is in no log of addresses."
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={text}
          onChange={({ currentTarget: { value } }) => setText(value)}
        />
        <Group>
          <Button type="submit" disabled={text.trim() === ""}>
            Find
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
