export { type ApprovalPageDependencies, approvalPages } from "./approval.routes.ts";
