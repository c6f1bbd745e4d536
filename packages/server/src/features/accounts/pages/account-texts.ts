import type { ErrorTexts } from "../../../infrastructure/pages/index.ts";

/** The texts of the pages to sign in and to sign up. */
export interface AccountTexts {
  readonly signIn: string;
  readonly signUp: string;
  readonly signOut: string;
  readonly email: string;
  readonly password: string;
  readonly passwordRule: string;
  readonly name: string;
  readonly noAccount: string;
  readonly hasAccount: string;
  readonly identityProvider: string;
  readonly passkey: string;
  readonly passkeyFailed: string;
  signedInAs(name: string): string;
  /** @param minutes until the next attempt */
  limited(minutes: number): string;
  readonly errors: ErrorTexts;
}
