import { NativeSelect } from "@mantine/core";
import type { ReactNode } from "react";
import type { DescribedScope } from "./queries.ts";

interface AddScopeProps {
  /** The scopes that the app does not request. */
  readonly known: readonly DescribedScope[];
  readonly add: (scopeId: string) => void;
}

/** Adds the scope that the person chooses. */
export function AddScope({ add, known }: AddScopeProps): ReactNode {
  if (known.length === 0) return null;
  const options = known.map(({ name, scopeId }) => ({ value: scopeId, label: `${name} (${scopeId})` }));
  return (
    <NativeSelect
      label="Add a scope"
      data={[{ value: "", label: "Choose" }, ...options]}
      value=""
      onChange={({ currentTarget: { value } }) => value !== "" && add(value)}
    />
  );
}
