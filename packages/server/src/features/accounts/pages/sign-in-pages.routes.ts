import { z } from "zod";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import {
  type Html,
  html,
  type Language,
  type PageDependencies,
  type PageOptions,
  pageRoute,
  seeOther,
} from "../../../infrastructure/pages/index.ts";
import { type Route, text } from "../../../infrastructure/routes/index.ts";
import { emailAddress, newPassword } from "../account.ts";
import type { Accounts } from "../accounts.ts";
import type { IdentityProvider } from "../oidc/identity-provider.ts";
import { passkeyButton, passkeyScript } from "../passkeys/passkey-button.ts";
import { ownPath } from "./own-path.ts";
import { errorTexts, texts } from "./texts.ts";

/** What the pages to sign in need. */
export interface SignInPageDependencies extends PageDependencies {
  readonly accounts: Accounts;
  /** Present when people can sign in there. */
  readonly identityProvider?: IdentityProvider | undefined;
}

const continued = { continue: ownPath.default("/") };
const query = z.strictObject(continued);

const signInForm = z.strictObject({
  email: emailAddress,
  password: z.string().min(1).max(200),
  ...continued,
});

const signUpForm = z.strictObject({
  name: text(200),
  email: emailAddress,
  password: newPassword,
  ...continued,
});

/** Pages to sign in, to sign up and to sign out. */
export function signInPages(deps: SignInPageDependencies): readonly Route[] {
  return [signInPage(deps), signInTarget(deps), ...signUpPages(deps), signOutTarget(deps)];
}

function signInPage({ accounts, identityProvider, ...deps }: SignInPageDependencies): Route {
  return pageRoute(deps, {
    method: "GET",
    path: "/sign-in",
    operationId: "getSignInPage",
    summary: "Sign in with e-mail and password",
    query,
    async respond({ language, query: { continue: next }, request }) {
      const session = await accounts.signedIn(request);
      const { signIn, signOut, signedInAs } = texts[language];
      const current =
        session &&
        html`<form method="post" action="/sign-out"><p class="note">${signedInAs(session.account.name)}</p>
<div class="actions"><button class="second">${signOut}</button></div></form>`;
      const other = identityProvider && identityProviderLink({ language, next });
      const own = accounts.localSignIn && signInFields({ accounts, language, next });
      const body = html`${current}${other}${own}`;
      return deps.page({ title: signIn, language, body, ...(own && { script: passkeyScript }) });
    },
  });
}

function signInTarget({ accounts, ...deps }: SignInPageDependencies): Route {
  return pageRoute(deps, {
    method: "POST",
    path: "/sign-in",
    operationId: "signIn",
    summary: "Sign in: sets the cookie of a new session",
    form: signInForm,
    errors: ["SIGN_IN_FAILED", "SIGN_IN_LIMITED", "LOCAL_SIGN_IN_OFF", "RESOURCE_EXHAUSTED"],
    errorTexts,
    async respond({ form: { continue: next, ...credentials }, language, ...call }) {
      try {
        const cookie = await accounts.signIn(call, credentials);
        return seeOther(next, { "set-cookie": cookie });
      } catch (error) {
        const body = (message: Html) =>
          html`${message}${signInFields({ accounts, language, next, email: credentials.email })}`;
        call.exchange.error = error;
        const title = texts[language].signIn;
        return failedForm(deps, { error, language, title, body, script: passkeyScript });
      }
    },
  });
}

function signUpPages({ accounts, ...deps }: SignInPageDependencies): readonly Route[] {
  const page = {
    path: "/sign-up",
    errors: ["SIGN_UP_CLOSED"],
    errorTexts,
  } as const;
  return [
    pageRoute(deps, {
      ...page,
      method: "GET",
      operationId: "getSignUpPage",
      summary: "Show the form to create an account",
      query,
      async respond({ language, query: { continue: next } }) {
        if (!accounts.signUpIsOpen) throw new ApiError("SIGN_UP_CLOSED");
        return deps.page({ title: texts[language].signUp, language, body: signUpFields({ language, next }) });
      },
    }),
    pageRoute(deps, {
      ...page,
      method: "POST",
      operationId: "signUp",
      summary: "Create an account and sign in",
      form: signUpForm,
      errors: ["SIGN_UP_CLOSED", "EMAIL_TAKEN", "SIGN_IN_LIMITED", "RESOURCE_EXHAUSTED"],
      async respond({ form: { continue: next, ...input }, language, ...call }) {
        try {
          const cookie = await accounts.signUp(call, input);
          return seeOther(next, { "set-cookie": cookie });
        } catch (error) {
          const { email, name } = input;
          const body = (message: Html) => html`${message}${signUpFields({ language, next, email, name })}`;
          call.exchange.error = error;
          return failedForm(deps, { error, language, title: texts[language].signUp, body });
        }
      },
    }),
  ];
}

function signOutTarget({ accounts, ...deps }: SignInPageDependencies): Route {
  return pageRoute(deps, {
    method: "POST",
    path: "/sign-out",
    operationId: "signOut",
    summary: "End the session of the browser",
    respond: async (call) => seeOther("/sign-in", { "set-cookie": await accounts.signOut(call) }),
  });
}

interface Fields {
  readonly language: Language;
  readonly next: string;
  readonly email?: string;
  readonly name?: string;
}

function identityProviderLink({ language, next }: Fields): Html {
  const link = `/sign-in/oidc?continue=${encodeURIComponent(next)}`;
  return html`<p class="actions"><a class="button" href="${link}">${texts[language].identityProvider}</a></p>`;
}

function signInFields({ accounts, email = "", language, next }: Fields & { accounts: Accounts }): Html {
  const { noAccount, passkey, passkeyFailed, signIn, signUp, ...labels } = texts[language];
  const link = `/sign-up?continue=${encodeURIComponent(next)}`;
  return html`<form method="post" action="/sign-in">
<label class="field">${labels.email}
<input name="email" type="email" value="${email}" autocomplete="username" required></label>
<label class="field">${labels.password}
<input name="password" type="password" autocomplete="current-password" required></label>
<input type="hidden" name="continue" value="${next}">
<div class="actions"><button>${signIn}</button></div>
</form>${passkeyButton({ label: passkey, failed: passkeyFailed, next })}${accounts.signUpIsOpen && html`<p class="small">${noAccount} <a href="${link}">${signUp}</a></p>`}`;
}

function signUpFields({ email = "", language, name = "", next }: Fields): Html {
  const { hasAccount, passwordRule, signIn, signUp, ...labels } = texts[language];
  const link = `/sign-in?continue=${encodeURIComponent(next)}`;
  return html`<form method="post" action="/sign-up">
<label class="field">${labels.name}
<input name="name" value="${name}" autocomplete="name" maxlength="200" required></label>
<label class="field">${labels.email}
<input name="email" type="email" value="${email}" autocomplete="username" required></label>
<label class="field">${labels.password}
<input name="password" type="password" autocomplete="new-password" minlength="12" maxlength="200"
aria-describedby="password-rule" required></label>
<p class="small" id="password-rule">${passwordRule}</p>
<input type="hidden" name="continue" value="${next}">
<div class="actions"><button>${signUp}</button></div>
</form><p class="small">${hasAccount} <a href="${link}">${signIn}</a></p>`;
}

/** Shows the form again with what was wrong, and without the password. Throws other errors. */
function failedForm(
  { page }: PageDependencies,
  {
    body,
    error,
    ...shown
  }: { error: unknown; body: (message: Html) => Html } & Pick<PageOptions, "language" | "title" | "script">,
): Response {
  const { errors, limited } = texts[shown.language];
  if (!(error instanceof ApiError) || error.status >= 500) throw error;
  const message =
    error.code === "SIGN_IN_LIMITED"
      ? limited(Math.ceil(Number(error.headers["retry-after"]) / 60))
      : (errors[error.code as keyof typeof errors] ?? error.message);
  const alert = html`<p class="error" role="alert">${message}</p>`;
  const response = page({ ...shown, status: error.status, body: body(alert) });
  for (const [name, value] of Object.entries(error.headers)) response.headers.set(name, value);
  return response;
}
