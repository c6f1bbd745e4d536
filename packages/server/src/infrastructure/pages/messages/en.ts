import type { Texts } from "./texts.ts";

export const en: Texts = {
  errorTitle: "This did not work",
  requestId: "Request id",
  errors: {
    INTERNAL:
      "An unexpected error happened. Try again; if it stays, send the request id to the operator of the platform.",
    UNAVAILABLE: "The platform cannot do this right now. Try again in a minute.",
    FORM_EXPIRED:
      "This form is too old, or it belongs to another session. Open the page again, and send it from there.",
    FORM_FROM_ANOTHER_SITE: "This form was sent from another website, so nothing was changed.",
  },
};
