import { Table } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";

const rowHeight = 41;
const overscan = 20;

interface VirtualTableProps<Item> {
  /** For screen readers. */
  readonly label: string;
  /** The cells of the heading. */
  readonly columns: ReactNode;
  readonly items: readonly Item[];
  /** The cells of an item. */
  readonly row: (item: Item) => ReactNode;
  readonly keyOf: (item: Item) => string;
  readonly more: { readonly hasMore: boolean; readonly isFetching: boolean; readonly load: () => unknown };
}

/** A table that has only the visible rows in the document, and loads the next page before its end is visible. */
export function VirtualTable<Item>(props: VirtualTableProps<Item>): ReactNode {
  const { columns, items, keyOf, label, more, row } = props;
  const scroller = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan,
  });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  const needsMore = more.hasMore && !more.isFetching && last >= items.length - overscan;
  const { load } = more;
  useEffect(() => {
    if (needsMore) load();
  }, [needsMore, load]);
  const before = visible[0]?.start ?? 0;
  const after = rows.getTotalSize() - (visible.at(-1)?.end ?? 0);
  return (
    <section ref={scroller} className="virtual" aria-label={label}>
      <Table stickyHeader highlightOnHover aria-rowcount={more.hasMore ? -1 : items.length + 1}>
        <Table.Thead>
          <Table.Tr aria-rowindex={1}>{columns}</Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Space height={before} />
          {visible.map(({ index }) => {
            const item = items[index];
            return (
              item && (
                <Table.Tr key={keyOf(item)} aria-rowindex={index + 2}>
                  {row(item)}
                </Table.Tr>
              )
            );
          })}
          <Space height={after} />
        </Table.Tbody>
      </Table>
    </section>
  );
}

/** A row in place of those that are not in the document. */
function Space({ height }: { height: number }): ReactNode {
  return height > 0 && <tr style={{ height }} />;
}
