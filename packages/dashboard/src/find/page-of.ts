import type { Found } from "./found.ts";

/** A page of the dashboard, with the text of a link to it. */
export interface FoundPage {
  readonly to: string;
  readonly label: string;
  readonly search?: Readonly<Record<string, string>>;
}

type PageOf = (found: Found) => FoundPage | undefined;

const ofApp =
  (page: string, label: string): PageOf =>
  ({ appId }) =>
    appId === null ? undefined : { to: `/apps/${appId}/${page}`, label };
const at =
  (to: string, label: string): PageOf =>
  () => ({ to, label });
const nowhere: PageOf = () => undefined;

const app = ofApp("overview", "Open the app");
const site: PageOf = ({ siteId }) =>
  siteId === null ? undefined : { to: `/sites/${siteId}`, label: "Open the site" };
const instance: PageOf = ({ appId, instanceId }) =>
  appId === null || instanceId === null
    ? undefined
    : { to: `/apps/${appId}/instances/${instanceId}`, label: "Open the instance" };
const log: PageOf = ({ appId, id }) =>
  appId === null || id === null
    ? undefined
    : { to: `/apps/${appId}/logs`, search: { requestId: id }, label: "Show it in the logs of the app" };
const deliveries: PageOf = ({ appId, id }) =>
  appId === null || id === null
    ? undefined
    : { to: `/apps/${appId}/webhooks/deliveries`, search: { eventId: id }, label: "Show its deliveries" };
const delivery: PageOf = ({ appId, id }) => ({
  to: `/apps/${appId}/webhooks/deliveries/${id}`,
  label: "Open the delivery",
});
const account: PageOf = ({ id }) => ({ to: `/operator/accounts/${id}`, label: "Open the account" });
const audit: PageOf = ({ id }) => ({
  to: "/operator/audit",
  search: { requestId: id ?? "" },
  label: "Show it in the audit log",
});

const pages: Readonly<Record<Found["type"], PageOf>> = {
  app,
  site,
  instance,
  event: (found) => deliveries(found) ?? site(found),
  delivery,
  webhook: (found) => ofApp(`webhooks/${found.id}`, "Open the webhook")(found),
  extension: (found) => ofApp(`extensions/${found.id}`, "Open the extension")(found),
  job: nowhere,
  account: nowhere,
  "install-request": site,
  "signing-key": nowhere,
  "refused-request": log,
  change: (found) => instance(found) ?? app(found) ?? site(found),
  "plugin-call": log,
  "revoked-token": nowhere,
  "app-secret": ofApp("oauth", "Open the secrets of the app"),
  "api-key": nowhere,
  "access-token": instance,
};

const operatorPages: Partial<typeof pages> = {
  job: at("/operator/jobs", "Open the jobs"),
  account,
  "install-request": at("/operator/approvals", "Open the requests to install"),
  "signing-key": at("/operator/keys", "Open the signing keys"),
  change: audit,
  "api-key": at("/operator/api-keys", "Open the API keys"),
};

/** The page of the dashboard that shows an object; undefined when none does. */
export function pageOf(found: Found, isOperator: boolean): FoundPage | undefined {
  const page = (isOperator ? operatorPages[found.type] : undefined) ?? pages[found.type];
  return page(found);
}
