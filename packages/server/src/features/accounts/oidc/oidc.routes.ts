import { z } from "zod";
import { minutes } from "../../../infrastructure/clock/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import {
  HostCookie,
  type PageDependencies,
  pageRoute,
  seeOther,
} from "../../../infrastructure/pages/index.ts";
import type { Route } from "../../../infrastructure/routes/index.ts";
import { ownPath } from "../pages/own-path.ts";
import { errorTexts } from "../pages/texts.ts";
import type { SignInState } from "./identity-provider.ts";
import { type OidcDependencies, signInIdentity } from "./oidc-sign-in.ts";

const lifetime = minutes(10);
/** Characters of a path that the cookie keeps: browsers drop a cookie of more than 4,096 bytes. */
const maxNext = 2_500;
const sealContext = "oidc sign-in";

/** The routes of the sign-in by the platform's identity provider. */
export function oidcRoutes(deps: OidcDependencies & PageDependencies): readonly Route[] {
  const { clock, identityProvider, publicUrl, vault } = deps;
  const cookie = new HostCookie(publicUrl, { name: "latchkey_oidc", lifetime });
  const readState = ({ headers }: Request): SignInState => {
    const sealed = cookie.read(headers);
    const state = sealed === undefined ? undefined : unsealState(sealed);
    if (state === undefined || state.expiresAt <= clock.now()) throw new ApiError("OIDC_SIGN_IN_FAILED");
    return state;
  };
  const unsealState = (sealed: string): (SignInState & { expiresAt: number }) | undefined => {
    try {
      return JSON.parse(vault.unseal(sealed, sealContext));
    } catch {
      return undefined;
    }
  };
  return [
    pageRoute(deps, {
      method: "GET",
      path: "/sign-in/oidc",
      operationId: "beginOidcSignIn",
      summary: "Sign in with the identity provider of the platform",
      query: z.strictObject({ continue: ownPath.default("/") }),
      errors: ["IDENTITY_PROVIDER_UNAVAILABLE"],
      errorTexts,
      async respond({ query: { continue: next } }) {
        const { state, url } = await identityProvider.begin(next.length > maxNext ? "/" : next);
        const expiresAt = clock.now() + lifetime;
        const sealed = vault.seal(JSON.stringify({ ...state, expiresAt }), sealContext);
        return seeOther(url, { "set-cookie": cookie.write(sealed) });
      },
    }),
    pageRoute(deps, {
      method: "GET",
      path: "/sign-in/oidc/callback",
      operationId: "finishOidcSignIn",
      summary: "Receive the response of the identity provider, and sign in",
      errors: ["OIDC_SIGN_IN_FAILED", "IDENTITY_PROVIDER_UNAVAILABLE", "SIGN_IN_FAILED"],
      errorTexts,
      async respond({ exchange, request }) {
        const state = readState(request);
        const identity = await identityProvider.finish(new URL(request.url).search, state);
        const session = await signInIdentity(deps, { exchange, request }, identity);
        const response = seeOther(state.next);
        response.headers.append("set-cookie", session);
        response.headers.append("set-cookie", cookie.clear());
        return response;
      },
    }),
  ];
}
