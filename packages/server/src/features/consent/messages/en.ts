import type { Texts } from "./texts.ts";

export const en: Texts = {
  modes: {
    install: {
      title: (app, site) => `Install ${app} on ${site}?`,
      lead: (app) => `${app} asks for access to your site. Install it only if you trust it.`,
      yes: "Install",
      no: "Cancel",
    },
    request: {
      title: (app, site) => `Ask an owner to install ${app} on ${site}?`,
      lead: (app, site) => `Only an owner of ${site} can install apps. ${app} asks for the following.`,
      yes: "Ask an owner",
      no: "Cancel",
    },
    approve: {
      title: (app, site) => `Install ${app} on ${site}?`,
      lead: (app) =>
        `A member of your site asks you to install ${app}. It gets access to your site. Install it only if you trust it.`,
      yes: "Install",
      no: "Decline",
    },
  },
  app: "App",
  site: "Site",
  account: "Your account",
  required: "The app needs",
  optional: "You choose",
  optionalHint: "The app works without these. Untick what it should not have.",
  optionalOnly: "Optional",
  optionalForOwner: "The owner chooses which of these the app gets.",
  noScopes: "The app asks for no permissions.",
  removable: "You can remove the app at any time. It then loses all access at once.",
  termsChanged:
    "What this page shows has changed since you opened it, so nothing was done yet. Please read it again.",
  closeWindow: "You can close this window.",
  reason: (reason) => `“${reason}”`,
  permissions: (count) => (count === 1 ? "1 permission" : `${count} permissions`),
  installedTitle: (app, site) => `${app} is installed on ${site}`,
  canceledTitle: "Nothing was installed",
  canceled: "The app has no access to the site.",
  declined: "An owner of the site declined the request.",
  removedSince: "The app was installed, and then removed again.",
  siteTitle: (app) => `Where do you want to install ${app}?`,
  siteLead: "Choose one of your sites.",
  noSite: "Your account belongs to no site. Ask an owner of the site to add you as a member.",
  askHint: "You can ask an owner to install the app.",
  continue: "Continue",
  askedTitle: "An owner has to decide",
  askedLead: (site) =>
    `Send this address to an owner of ${site}. When the owner has decided, open it yourself: it takes you back to the app.`,
  checkAgain: "Check again",
  backToApp: "Back to the app",
  approvalTitle: (app, site) => `${app} asks for other permissions on ${site}`,
  approvalLead: (app) => `${app} has changed what it asks for. Approve the change only if you trust the app.`,
  permissionsTitle: (app, site) => `What ${app} may do on ${site}`,
  permissionsLead: (app) =>
    `${app} works without the entries that have a checkbox. You can change them at any time.`,
  added: "The app also asks for",
  newTag: "New",
  granted: "The app may",
  kept: "The app keeps",
  declinedScopes: "You declined",
  dropped: "The app no longer asks for",
  approve: "Approve",
  save: "Save",
  saveWithoutNew: "Save without approving",
  saved: "Saved. The change applies now.",
  oldGrantStays: "Until you approve, the app may do what you approved before.",
  errors: {
    APP_DISABLED: "The app is not available at the moment. Nothing was installed.",
    APP_NOT_FOUND: "There is no such app. Check the link that brought you here.",
    SITE_NOT_FOUND: "This site does not exist, or you have no access to it.",
    INSTALL_LINK_INVALID:
      "This link was used already, or it has expired. Go back to where you found it, and get a new one.",
    INSTALL_REQUEST_DECIDED: "This request was decided already.",
    INSTALL_REQUEST_NOT_FOUND:
      "There is no such request, or you have no access to it. Requests are kept for 30 days.",
    INSTALL_TOKEN_INVALID: "You have finished already, or you began more than 10 minutes ago. Begin again.",
    INSTALL_TOKEN_OF_OTHER_ACCOUNT:
      "Another account began to install the app. Sign in with that account, or begin again with yours.",
    INSTANCE_ALREADY_INSTALLED: "The app is already installed on this site.",
    INSTANCE_NOT_FOUND: "This app is not installed, or you have no access to it.",
    INSTANCE_NOT_INSTALLED: "The app is suspended on this site. Ask the operator of the platform.",
    NOT_AN_OWNER: "Only an owner of the site can do this.",
    REDIRECT_NOT_REGISTERED:
      "The link that brought you here leads to an address that the app has not registered, so you are not sent there. Tell the developer of the app.",
    REQUIRED_SCOPE_MISSING:
      "The form lacked something that the app needs, so nothing was installed. Open the page again.",
    RESOURCE_EXHAUSTED: "You opened apps too often in a short time. Wait a few seconds.",
    TOO_MANY_INSTALL_REQUESTS:
      "Too many requests wait for a decision. Ask an owner of the site to decide on them.",
  },
};
