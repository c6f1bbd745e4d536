import { Stack, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { FindForm } from "../find/find-form.tsx";
import { publicId } from "../find/found.ts";
import { FoundList } from "../find/found-list.tsx";

/** Finds what an id is. The address has the id, unless it could be a secret. */
export function FindPage(): ReactNode {
  const { id } = useSearch({ from: "/find" });
  const navigate = useNavigate();
  const [text, setText] = useState(id ?? "");
  useEffect(() => {
    if (id !== undefined) setText(id);
  }, [id]);
  const find = (typed: string) => {
    const shown = publicId(typed);
    setText(typed);
    void navigate({ to: "/find", search: shown === undefined ? {} : { id: shown } });
  };
  return (
    <Stack maw={760}>
      <Title order={2}>Find</Title>
      <FindForm key={id} initial={text} find={find} />
      <FoundList text={text} />
    </Stack>
  );
}
