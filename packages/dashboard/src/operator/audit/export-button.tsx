import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useRef, useState } from "react";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { type AuditFilters, exportAudit, type Format, maxExported } from "./export-audit.ts";

/** Saves the filtered audit log as a file. */
export function ExportButton({ filters }: { filters: AuditFilters }): ReactNode {
  const [opened, { close, open }] = useDisclosure();
  const [format, setFormat] = useState<Format>("jsonl");
  const { cancel, count, error, isRunning, run } = useExport(filters);
  const leave = () => {
    cancel();
    close();
  };
  return (
    <>
      <Button variant="default" onClick={open}>
        Export
      </Button>
      <Modal opened={opened} onClose={leave} title="Export the audit log" lockScroll={false} centered>
        <Stack>
          <Text size="sm">
            The file has the entries that the filters select, the newest first, at most{" "}
            {maxExported.toLocaleString()}. They are read in steps of 100.
          </Text>
          <Radio.Group label="Format" value={format} onChange={(value) => setFormat(value as Format)}>
            <Group mt="xs">
              <Radio value="jsonl" label="JSON lines" disabled={isRunning} />
              <Radio value="csv" label="CSV" disabled={isRunning} />
            </Group>
          </Radio.Group>
          {count !== undefined && (
            <Text role="status">
              {count.toLocaleString()} entries {isRunning ? "read" : "saved"}
            </Text>
          )}
          <ProblemAlert error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={leave}>
              {isRunning ? "Cancel" : "Close"}
            </Button>
            <Button loading={isRunning} onClick={() => run(format)}>
              Save the file
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

function useExport(filters: AuditFilters) {
  const [count, setCount] = useState<number>();
  const [error, setError] = useState<Error | null>(null);
  const [isRunning, setRunning] = useState(false);
  const abort = useRef<AbortController>(null);
  const run = async (format: Format) => {
    const controller = new AbortController();
    const { signal } = controller;
    abort.current = controller;
    setError(null);
    setRunning(true);
    try {
      save(await exportAudit(filters, { format, onRead: setCount, signal }), `audit.${format}`);
    } catch (failure) {
      setCount(undefined);
      if (!signal.aborted) setError(failure as Error);
    } finally {
      setRunning(false);
    }
  };
  return { cancel: () => abort.current?.abort(), count, error, isRunning, run };
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
