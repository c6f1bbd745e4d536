export { type JobAction, jobAction, maxCounted } from "./job-action.ts";
export { jobRoutes } from "./jobs.routes.ts";
export { type JobDependencies, Jobs } from "./jobs.ts";
