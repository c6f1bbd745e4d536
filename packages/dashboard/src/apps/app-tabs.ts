/** The pages of an app, in the order of their tabs: label by the part of the path below the app. */
export const appTabs = {
  overview: "Overview",
  oauth: "OAuth",
  permissions: "Permissions",
  webhooks: "Webhooks",
  extensions: "Extensions",
  instances: "Instances",
  health: "Health",
  logs: "Logs",
} as const;
