import type { App, AppSecret } from "../../api/changes.ts";

/** What is known about the setup of an app. */
export interface AppFacts {
  readonly app: App;
  readonly secrets: readonly AppSecret[];
  readonly instance: { readonly instanceId: string; readonly lastTokenAt?: string | null } | undefined;
  readonly webhook: object | undefined;
  readonly extension: object | undefined;
}

/** Whether a secret of the app has requested a token. */
export function hasRequestedToken({ secrets }: AppFacts): boolean {
  return secrets.some(({ lastUsedAt }) => lastUsedAt !== null);
}
