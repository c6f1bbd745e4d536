import type { Texts } from "./texts.ts";

export const de: Texts = {
  errorTitle: "Das hat nicht geklappt",
  requestId: "Anfrage-ID",
  errors: {
    INTERNAL:
      "Ein unerwarteter Fehler ist aufgetreten. Versuchen Sie es noch einmal. Tritt er wieder auf, senden Sie die Anfrage-ID an den Betreiber der Plattform.",
    UNAVAILABLE:
      "Die Plattform kann das gerade nicht ausführen. Versuchen Sie es in einer Minute noch einmal.",
    FORM_EXPIRED:
      "Dieses Formular ist zu alt oder gehört zu einer anderen Sitzung. Öffnen Sie die Seite neu und senden Sie das Formular von dort.",
    FORM_FROM_ANOTHER_SITE:
      "Dieses Formular wurde nicht von einer Seite dieser Plattform gesendet. Es wurde nichts geändert. Öffnen Sie die Seite selbst und senden Sie das Formular von dort.",
    PORTAL_LINK_INVALID:
      "Dieser Link wurde schon benutzt, oder seine Sitzung ist beendet. Laden Sie die Seite neu, in der Sie dies sehen.",
    INVALID_FORM:
      "Der Link oder das Formular ist unvollständig oder falsch. Gehen Sie zurück und versuchen Sie es noch einmal.",
  },
};
