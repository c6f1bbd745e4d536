import type { Texts } from "./texts.ts";

export const de: Texts = {
  modes: {
    install: {
      title: (app, site) => `${app} auf ${site} installieren?`,
      lead: (app) =>
        `${app} möchte auf Ihre Website zugreifen. Installieren Sie die App nur, wenn Sie ihr vertrauen.`,
      yes: "Installieren",
      no: "Abbrechen",
    },
    request: {
      title: (app, site) => `Inhaber bitten, ${app} auf ${site} zu installieren?`,
      lead: (app, site) => `Nur Inhaber von ${site} können Apps installieren. ${app} verlangt Folgendes.`,
      yes: "Inhaber fragen",
      no: "Abbrechen",
    },
    approve: {
      title: (app, site) => `${app} auf ${site} installieren?`,
      lead: (app) =>
        `Ein Mitglied Ihrer Website bittet Sie, ${app} zu installieren. Die App bekommt Zugriff auf Ihre Website. Installieren Sie sie nur, wenn Sie ihr vertrauen.`,
      yes: "Installieren",
      no: "Ablehnen",
    },
  },
  app: "App",
  site: "Website",
  account: "Ihr Konto",
  required: "Das braucht die App",
  optional: "Das entscheiden Sie",
  optionalHint:
    "Die App funktioniert auch ohne. Entfernen Sie das Häkchen bei allem, was sie nicht bekommen soll.",
  optionalOnly: "Optional",
  optionalForOwner: "Der Inhaber entscheidet, was davon die App bekommt.",
  noScopes: "Die App verlangt keine Berechtigungen.",
  removable: "Sie können die App jederzeit entfernen. Sie verliert dann sofort jeden Zugriff.",
  termsChanged:
    "Was diese Seite zeigt, hat sich geändert, seit Sie sie geöffnet haben. Es ist noch nichts geschehen. Bitte lesen Sie die Seite noch einmal.",
  closeWindow: "Sie können dieses Fenster schließen.",
  reason: (reason) => `„${reason}“`,
  permissions: (count) => (count === 1 ? "1 Berechtigung" : `${count} Berechtigungen`),
  installedTitle: (app, site) => `${app} ist auf ${site} installiert`,
  canceledTitle: "Es wurde nichts installiert",
  canceled: "Die App hat keinen Zugriff auf die Website.",
  declined: "Ein Inhaber der Website hat die Anfrage abgelehnt.",
  removedSince: "Die App wurde installiert und danach wieder entfernt.",
  siteTitle: (app) => `Wo möchten Sie ${app} installieren?`,
  siteLead: "Wählen Sie eine Ihrer Websites.",
  noSite:
    "Ihr Konto gehört zu keiner Website. Bitten Sie einen Inhaber der Website, Sie als Mitglied aufzunehmen.",
  askHint: "Sie können einen Inhaber bitten, die App zu installieren.",
  continue: "Weiter",
  askedTitle: "Ein Inhaber muss entscheiden",
  askedLead: (site) =>
    `Senden Sie diese Adresse an einen Inhaber von ${site}. Öffnen Sie sie nach der Entscheidung selbst: Sie führt Sie zurück zur App.`,
  checkAgain: "Noch einmal nachsehen",
  backToApp: "Zurück zur App",
  approvalTitle: (app, site) => `${app} verlangt andere Berechtigungen auf ${site}`,
  approvalLead: (app) =>
    `${app} hat geändert, was sie verlangt. Stimmen Sie der Änderung nur zu, wenn Sie der App vertrauen.`,
  permissionsTitle: (app, site) => `Was ${app} auf ${site} darf`,
  permissionsLead: (app) =>
    `${app} funktioniert auch ohne die Einträge mit Kontrollkästchen. Sie können sie jederzeit ändern.`,
  added: "Das verlangt die App zusätzlich",
  newTag: "Neu",
  granted: "Das darf die App",
  kept: "Das behält die App",
  declinedScopes: "Das haben Sie abgelehnt",
  dropped: "Das verlangt die App nicht mehr",
  approve: "Zustimmen",
  save: "Speichern",
  saveWithoutNew: "Speichern ohne Zustimmung",
  saved: "Gespeichert. Die Änderung gilt ab sofort.",
  oldGrantStays: "Bis Sie zustimmen, darf die App nur, was Sie bisher erlaubt haben.",
  errors: {
    APP_DISABLED: "Die App ist zurzeit nicht verfügbar. Es wurde nichts installiert.",
    APP_NOT_FOUND: "Diese App gibt es nicht. Prüfen Sie den Link, über den Sie gekommen sind.",
    SITE_NOT_FOUND: "Diese Website gibt es nicht, oder Sie haben keinen Zugriff darauf.",
    INSTALL_LINK_INVALID:
      "Dieser Link wurde schon benutzt oder ist abgelaufen. Holen Sie sich dort einen neuen, wo Sie ihn gefunden haben.",
    INSTALL_REQUEST_DECIDED: "Über diese Anfrage wurde schon entschieden.",
    INSTALL_REQUEST_NOT_FOUND:
      "Diese Anfrage gibt es nicht, oder Sie haben keinen Zugriff darauf. Anfragen werden 30 Tage aufbewahrt.",
    INSTALL_TOKEN_INVALID:
      "Sie sind schon fertig, oder Sie haben vor mehr als 10 Minuten begonnen. Beginnen Sie noch einmal.",
    INSTALL_TOKEN_OF_OTHER_ACCOUNT:
      "Ein anderes Konto hat diesen Vorgang begonnen. Melden Sie sich mit diesem Konto an, oder beginnen Sie noch einmal mit Ihrem.",
    INSTANCE_ALREADY_INSTALLED: "Die App ist auf dieser Website schon installiert.",
    INSTANCE_NOT_FOUND: "Diese App ist nicht installiert, oder Sie haben keinen Zugriff darauf.",
    INSTANCE_NOT_INSTALLED:
      "Die App ist auf dieser Website gesperrt. Fragen Sie den Betreiber der Plattform.",
    NOT_AN_OWNER: "Das kann nur ein Inhaber der Website.",
    REDIRECT_NOT_REGISTERED:
      "Der Link, über den Sie gekommen sind, führt zu einer Adresse, die die App nicht registriert hat. Sie werden deshalb nicht dorthin geleitet. Sagen Sie es dem Entwickler der App.",
    REQUIRED_SCOPE_MISSING:
      "Im Formular fehlte etwas, das die App braucht. Es wurde nichts installiert. Öffnen Sie die Seite neu.",
    RESOURCE_EXHAUSTED: "Sie haben Apps zu schnell nacheinander geöffnet. Warten Sie einige Sekunden.",
    TOO_MANY_INSTALL_REQUESTS:
      "Zu viele Anfragen warten auf eine Entscheidung. Bitten Sie einen Inhaber der Website, über sie zu entscheiden.",
  },
};
