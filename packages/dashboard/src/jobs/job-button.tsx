import { Button, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { JobProgress } from "./job-progress.tsx";
import type { JobRequest } from "./jobs.ts";
import { StartJob } from "./start-job.tsx";

interface JobButtonProps {
  /** What the button does, such as `Resend all`. */
  readonly label: string;
  /** What happens to each row, such as `Each delivery is sent again to its endpoint.` */
  readonly text: string;
  readonly request: JobRequest;
  /** The key of the queries that the job changes; they are read again when it ends. */
  readonly changes: readonly unknown[];
}

/** A button for an action on every row that a filter selects: it counts, asks, and shows the progress. */
export function JobButton({ changes, label, request, text }: JobButtonProps): ReactNode {
  const [opened, { close, open }] = useDisclosure();
  const [jobId, setJobId] = useState<string>();
  const reopen = () => {
    setJobId(undefined);
    open();
  };
  return (
    <>
      <Button variant="default" onClick={reopen}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={label} lockScroll={false} centered>
        {jobId === undefined ? (
          <StartJob label={label} text={text} request={request} started={setJobId} close={close} />
        ) : (
          <JobProgress jobId={jobId} changes={changes} close={close} />
        )}
      </Modal>
    </>
  );
}
