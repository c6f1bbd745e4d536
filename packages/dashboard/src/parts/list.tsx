import { Loader, Table } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import type { listQuery } from "../api/list-query.ts";
import { ProblemAlert } from "./problem-alert.tsx";
import { VirtualTable } from "./virtual-table.tsx";

/** A column of a list. */
export interface Column<Item> {
  readonly heading: string;
  readonly cell: (item: Item) => ReactNode;
  /** The width of the screen from which it is shown. Default: all. */
  readonly from?: "xs" | "sm" | "md";
}

interface ListProps<Item> {
  /** For screen readers. */
  readonly label: string;
  readonly query: ReturnType<typeof listQuery<Item>>;
  readonly columns: readonly Column<Item>[];
  readonly keyOf: (item: Item) => string;
  /** What is shown in place of an empty list. */
  readonly empty: ReactNode;
}

/** A list of the API: a table that reads the next page while it is scrolled. */
export function List<Item>({ columns, empty, keyOf, label, query }: ListProps<Item>): ReactNode {
  const { data, error, fetchNextPage, hasNextPage, isFetching, isPending } = useInfiniteQuery(query);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  // A page may be empty although others follow: the server reads a limited number of rows for each.
  const isSearching = items.length === 0 && hasNextPage;
  const readsNext = isSearching && !isFetching && error === null;
  useEffect(() => {
    if (readsNext) void fetchNextPage();
  }, [readsNext, fetchNextPage]);
  return (
    <>
      <ProblemAlert error={error} withFields />
      {(isPending || (isSearching && error === null)) && <Loader aria-label="Loading" />}
      {data && items.length === 0 && !hasNextPage && empty}
      {items.length > 0 && (
        <VirtualTable
          label={label}
          columns={columns.map(({ from, heading }) => (
            <Table.Th key={heading} {...(from && { visibleFrom: from })}>
              {heading}
            </Table.Th>
          ))}
          items={items}
          keyOf={keyOf}
          row={(item) =>
            columns.map(({ cell, from, heading }) => (
              <Table.Td key={heading} {...(from && { visibleFrom: from })}>
                {cell(item)}
              </Table.Td>
            ))
          }
          more={{ hasMore: hasNextPage, isFetching, load: fetchNextPage }}
        />
      )}
    </>
  );
}
