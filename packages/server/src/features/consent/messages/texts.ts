import type { ErrorTexts } from "../../../infrastructure/pages/index.ts";

/** The texts of a page that asks for a decision. */
interface Question {
  title(app: string, site: string): string;
  lead(app: string, site: string): string;
  readonly yes: string;
  readonly no: string;
}

/** The texts of the pages about installing apps. */
export interface Texts {
  /** A person installs an app, asks an owner to install it, or approves such a request. */
  readonly modes: Readonly<Record<"install" | "request" | "approve", Question>>;
  readonly app: string;
  readonly site: string;
  readonly account: string;
  readonly required: string;
  readonly optional: string;
  readonly optionalHint: string;
  readonly optionalOnly: string;
  readonly optionalForOwner: string;
  readonly noScopes: string;
  readonly removable: string;
  readonly termsChanged: string;
  readonly closeWindow: string;
  reason(reason: string): string;
  permissions(count: number): string;
  // What was decided.
  installedTitle(app: string, site: string): string;
  readonly canceledTitle: string;
  readonly canceled: string;
  readonly declined: string;
  readonly removedSince: string;
  // The choice of the site.
  siteTitle(app: string): string;
  readonly siteLead: string;
  readonly noSite: string;
  readonly askHint: string;
  readonly continue: string;
  // A request that an owner has not decided on.
  readonly askedTitle: string;
  askedLead(site: string): string;
  readonly checkAgain: string;
  readonly backToApp: string;
  // What an instance may do, and what its app has requested since.
  approvalTitle(app: string, site: string): string;
  approvalLead(app: string): string;
  permissionsTitle(app: string, site: string): string;
  permissionsLead(app: string, site: string): string;
  readonly added: string;
  readonly newTag: string;
  readonly granted: string;
  readonly kept: string;
  readonly declinedScopes: string;
  readonly dropped: string;
  readonly approve: string;
  readonly save: string;
  readonly saveWithoutNew: string;
  readonly saved: string;
  readonly oldGrantStays: string;
  readonly errors: ErrorTexts;
}
