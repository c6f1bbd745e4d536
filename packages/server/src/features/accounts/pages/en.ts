import type { AccountTexts } from "./account-texts.ts";

export const en: AccountTexts = {
  signIn: "Sign in",
  signUp: "Create an account",
  signOut: "Sign out",
  email: "E-mail address",
  password: "Password",
  passwordRule: "At least 12 characters.",
  name: "Your name",
  noAccount: "No account yet?",
  hasAccount: "Already have an account?",
  identityProvider: "Continue with your organization",
  passkey: "Use a passkey instead",
  passkeyFailed: "The passkey did not sign you in. Try again, or use your password.",
  signedInAs: (name) => `You are signed in as ${name}.`,
  limited: (minutes) =>
    `Too many attempts to sign in have failed. Try again in ${minutes === 1 ? "one minute" : `${minutes} minutes`}.`,
  errors: {
    SIGN_IN_FAILED: "The e-mail address or the password is wrong.",
    LOCAL_SIGN_IN_OFF: "Sign in with your organization instead.",
    OIDC_SIGN_IN_FAILED: "Your organization did not sign you in, or it took too long. Try again.",
    IDENTITY_PROVIDER_UNAVAILABLE: "Your organization cannot be reached right now. Try again in a minute.",
    EMAIL_TAKEN: "There is an account with this e-mail address. Sign in instead.",
    SIGN_UP_CLOSED: "Only the operator of this platform creates new accounts.",
    RESOURCE_EXHAUSTED: "Too many people are signing in. Try again in a few seconds.",
  },
};
