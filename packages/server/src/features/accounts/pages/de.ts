import type { AccountTexts } from "./account-texts.ts";

export const de: AccountTexts = {
  signIn: "Anmelden",
  signUp: "Konto erstellen",
  signOut: "Abmelden",
  email: "E-Mail-Adresse",
  password: "Passwort",
  passwordRule: "Mindestens 12 Zeichen.",
  name: "Ihr Name",
  noAccount: "Noch kein Konto?",
  hasAccount: "Sie haben schon ein Konto?",
  identityProvider: "Weiter mit Ihrer Organisation",
  passkey: "Stattdessen einen Passkey verwenden",
  passkeyFailed:
    "Der Passkey hat Sie nicht angemeldet. Versuchen Sie es noch einmal, oder verwenden Sie Ihr Passwort.",
  signedInAs: (name) => `Sie sind als ${name} angemeldet.`,
  limited: (minutes) =>
    `Zu viele Anmeldungen sind fehlgeschlagen. Versuchen Sie es in ${minutes === 1 ? "einer Minute" : `${minutes} Minuten`} noch einmal.`,
  errors: {
    SIGN_IN_FAILED: "Die E-Mail-Adresse oder das Passwort ist falsch.",
    LOCAL_SIGN_IN_OFF: "Melden Sie sich mit Ihrer Organisation an.",
    OIDC_SIGN_IN_FAILED:
      "Ihre Organisation hat Sie nicht angemeldet, oder es hat zu lange gedauert. Versuchen Sie es noch einmal.",
    IDENTITY_PROVIDER_UNAVAILABLE:
      "Ihre Organisation ist gerade nicht erreichbar. Versuchen Sie es in einer Minute noch einmal.",
    EMAIL_TAKEN: "Es gibt ein Konto mit dieser E-Mail-Adresse. Melden Sie sich an.",
    SIGN_UP_CLOSED: "Neue Konten legt nur der Betreiber dieser Plattform an.",
    RESOURCE_EXHAUSTED:
      "Zu viele Personen melden sich gerade an. Versuchen Sie es in einigen Sekunden noch einmal.",
  },
};
