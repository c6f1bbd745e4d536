export interface JobsTable {
  job_id: string;
  action: string;
  /** JSON: the filter with the app or the site of the creator. */
  filter: string;
  state: "pending" | "running" | "done" | "canceled" | "failed";
  /** The app that the creator is bound to; null for one who may access all. */
  app_id: string | null;
  /** The site of a creator who is its owner. */
  site_id: string | null;
  /** The app, the site or else the creator: its unfinished jobs are limited. */
  owner: string;
  slot: number;
  /** The last row that a step has read; empty before the first. */
  position: string;
  /** Selected rows at the start. */
  total: number;
  /** 1: `total` is the lower bound of a count that was limited. */
  more: number;
  done: number;
  failed: number;
  /** Steps in a row that ended with an unexpected error. */
  retries: number;
  /** Code of the last error. */
  error: string | null;
  created_by: string;
  request_id: string;
  created_at: number;
  updated_at: number;
  ended_at: number | null;
  /** Null until the job has ended. */
  expires_at: number | null;
}
