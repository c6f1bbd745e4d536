/** A group of the sidebar. */
export interface Group {
  readonly title: string;
  /** The Markdown files of the repository, without `.md`, in their order; a name that ends with `/` is every file of a folder. */
  readonly files: readonly string[];
  /** Whether the sidebar shows only the title at first. */
  readonly collapsed?: boolean;
}

/** The sidebar. Each guide of `docs/guides` is in one of the first three groups. */
export const groups: readonly Group[] = [
  {
    title: "Start",
    files: [
      "README",
      "docs/guides/get-a-token",
      "docs/guides/get-the-instance-id",
      "docs/guides/receive-webhooks",
      "docs/guides/test-your-app",
      "docs/guides/commonjs-and-jest",
      "docs/guides/develop-offline",
      "docs/guides/containers",
    ],
  },
  {
    title: "App developers",
    files: [
      "docs/guides/move-from-wix-sdk",
      "docs/guides/rest-without-sdk",
      "docs/guides/service-plugins",
      "docs/guides/pages",
      "docs/guides/change-scopes",
      "docs/guides/protect-your-secrets",
      "docs/guides/migrate-from-custom-authentication",
    ],
  },
  {
    title: "Platform owners",
    files: [
      "docs/guides/run-in-production",
      "docs/guides/monitor",
      "docs/guides/dashboard",
      "docs/guides/accounts",
      "docs/guides/install-apps",
      "docs/guides/portal",
      "docs/guides/publish-events",
      "docs/guides/protect-your-api",
      "docs/guides/own-resource",
    ],
  },
  { title: "Concepts", files: ["docs/concepts/", "SECURITY"] },
  { title: "Reference", files: ["docs/reference/"] },
  {
    title: "Examples",
    files: [
      "examples/test-your-app/README",
      "examples/hello-app/README",
      "examples/webhook-receiver/README",
      "examples/legacy-migration/README",
      "examples/own-resource/README",
      "examples/own-api/README",
      "examples/proxies/README",
    ],
  },
  { title: "Decisions", files: ["docs/decisions/README", "docs/decisions/"], collapsed: true },
];
