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
  hasAccount: "You have an account?",
  closed: "New accounts are created by the operator of this platform only.",
  signedInAs: (name) => `You are signed in as ${name}.`,
  limited: (minutes) =>
    `Too many attempts to sign in have failed. Try again in ${minutes === 1 ? "one minute" : `${minutes} minutes`}.`,
  errors: {
    SIGN_IN_FAILED: "The e-mail address or the password is wrong.",
    EMAIL_TAKEN: "There is an account with this e-mail address. Sign in instead.",
    SIGN_UP_CLOSED: "New accounts are created by the operator of this platform only.",
    RESOURCE_EXHAUSTED: "Too many people are signing in. Try again in a few seconds.",
  },
};
