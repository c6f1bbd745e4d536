import { Button, Group, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";

const typingMs = 400;

/** The values of filters by name, as in the address of the page. */
export type FilterValues<Name extends string = string> = { readonly [name in Name]?: string };

/** For `validateSearch` of a route: keeps the parameters with these names. */
export function filtersOf<Name extends string>(...names: readonly Name[]) {
  return (search: Record<string, unknown>): FilterValues<Name> => {
    const given = names.filter((name) => typeof search[name] === "string" && search[name] !== "");
    return Object.fromEntries(given.map((name) => [name, search[name]])) as FilterValues<Name>;
  };
}

interface Filter {
  readonly name: string;
  readonly label: string;
  readonly kind?: "text" | "time";
  /** Makes it a choice: label by value. */
  readonly options?: Readonly<Record<string, string>>;
}

/** The filters of the list below; their values are in the address of the page. */
export function Filters({ filters }: { filters: readonly Filter[] }): ReactNode {
  const values: FilterValues = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = (search: FilterValues) => navigate({ to: ".", search, replace: true });
  const isFiltered = filters.some(({ name }) => values[name] !== undefined);
  // On a small screen they would hide the list.
  const [opened, { toggle }] = useDisclosure(isFiltered);
  return (
    <search>
      <Button hiddenFrom="sm" variant="default" aria-expanded={opened} onClick={toggle}>
        Filters
      </Button>
      <Group align="end" gap="sm" {...(!opened && { visibleFrom: "sm" })}>
        {filters.map((filter) => (
          <Field
            key={filter.name}
            filter={filter}
            value={values[filter.name] ?? ""}
            change={(value) => set(without({ ...values, [filter.name]: value }))}
          />
        ))}
        {isFiltered && (
          <Button variant="default" onClick={() => set({})}>
            Clear
          </Button>
        )}
      </Group>
    </search>
  );
}

interface FieldProps {
  readonly filter: Filter;
  readonly value: string;
  readonly change: (value: string) => void;
}

function Field(props: FieldProps): ReactNode {
  const { change, filter, value } = props;
  if (filter.options === undefined) return <TypedField {...props} />;
  const options = Object.entries(filter.options).map(([option, label]) => ({ value: option, label }));
  return (
    <NativeSelect
      label={filter.label}
      data={[{ value: "", label: "All" }, ...options]}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

/** A field whose value is used once the person stops typing. */
function TypedField({ change, filter: { kind = "text", label }, value }: FieldProps): ReactNode {
  const isTime = kind === "time";
  const shown = isTime ? toLocal(value) : value;
  const [typed, setTyped] = useState(shown);
  useEffect(() => setTyped(shown), [shown]);
  const use = useDebouncedCallback(
    (text: string) => change(isTime ? fromLocal(text) : text.trim()),
    typingMs,
  );
  return (
    <TextInput
      label={label}
      type={isTime ? "datetime-local" : "text"}
      value={typed}
      onChange={({ currentTarget: { value: text } }) => {
        setTyped(text);
        use(text);
      }}
    />
  );
}

/** A time of the API as `datetime-local` shows it, in the zone of the browser. */
function toLocal(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function fromLocal(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}

function without(values: FilterValues): FilterValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}
