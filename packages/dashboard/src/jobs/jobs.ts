import { queryOptions } from "@tanstack/react-query";
import { useChange } from "../api/changes.ts";
import { api } from "../api/client.ts";
import type { components, paths } from "../api/openapi.d.ts";
import { bodyOf } from "../api/queries.ts";

const progressMs = 1_000;

/** An action on every row that a filter selects, as the API shows it. */
export type Job = components["schemas"]["Job"];

type Body = paths["/admin/v1/jobs"]["post"]["requestBody"]["content"]["application/json"];

/** What a job does: its action, and the filter of the list that it concerns. */
export interface JobRequest {
  readonly action: Body["action"];
  readonly filter: Readonly<Record<string, string | string[]>>;
}

/** How many rows a job would change now. */
export const countQuery = (request: JobRequest) =>
  queryOptions({
    queryKey: ["jobs", "count", request],
    gcTime: 0,
    queryFn: async () => bodyOf(await api.POST("/admin/v1/jobs/count", { body: request })),
  });

/** A job, read again every second until it ends. */
export const jobQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId],
    queryFn: async () => bodyOf(await api.GET("/admin/v1/jobs/{jobId}", { params: { path: { jobId } } })),
    refetchInterval: ({ state }) => (state.data?.endedAt ? false : progressMs),
  });

/** Starts a job. The count must be the one that the person has seen. */
export const useStartJob = () =>
  useChange(["jobs"], async (body: JobRequest & { confirmCount: number }, header) =>
    bodyOf(await api.POST("/admin/v1/jobs", { params: { header }, body })),
  );

/** Cancels a job; what it has done stays done. */
export const useCancelJob = (jobId: string) =>
  useChange(["jobs", jobId], async (_: undefined, header) =>
    bodyOf(await api.POST("/admin/v1/jobs/{jobId}/cancel", { params: { path: { jobId }, header } })),
  );
