import type { Texts } from "./texts.ts";

export const en: Texts = {
  errorTitle: "This did not work",
  requestId: "Request id",
  errors: {
    INTERNAL:
      "An unexpected error happened. Try again. If it happens again, send the request id to the operator of the platform.",
    UNAVAILABLE: "The platform cannot do this right now. Try again in a minute.",
    FORM_EXPIRED:
      "This form is too old, or it belongs to another session. Open the page again, and send the form from there.",
    FORM_FROM_ANOTHER_SITE:
      "This form was not sent from a page of this platform, so nothing was changed. Open the page itself, and send the form from there.",
    PORTAL_LINK_INVALID:
      "This link was used already, or its session has ended. Reload the page that contains this frame.",
    INVALID_FORM: "The link or the form is incomplete or wrong. Go back and try again.",
  },
};
