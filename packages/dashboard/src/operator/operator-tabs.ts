/** The pages for operators, in the order of their tabs: label by the part of the path below `/operator`. */
export const operatorTabs = {
  health: "Health",
  keys: "Signing keys",
  "api-keys": "API keys",
  audit: "Audit log",
  accounts: "Accounts",
  approvals: "Approvals",
  retention: "Retention",
  jobs: "Jobs",
} as const;
