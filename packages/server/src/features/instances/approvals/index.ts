export { approvalUrl } from "./approval-url.ts";
export { countApprovals, deleteApprovals, listApprovals } from "./approvals.queries.ts";
export { approvalRoutes } from "./approvals.routes.ts";
export { type ApprovalDependencies, Approvals } from "./approvals.ts";
export { scopeChange } from "./scope-change.ts";
