import { z } from "zod";
import { invalidField } from "../../../infrastructure/errors/index.ts";
import { guid } from "../../../infrastructure/routes/index.ts";
import { readApp } from "../../apps/index.ts";
import { type ReturnTo, requireRegistered } from "../return-to.ts";
import type { FlowKind } from "./flow.ts";

/** The legacy flow (wire §3.1): the app sends a person here, who returns with a code. */
export const legacyInstaller: FlowKind = {
  path: "/installer/install",
  operations: { show: "showInstaller", decide: "decideInInstaller" },
  summary: "Install an app that uses the legacy flow, and return to its redirect URL with a code",
  parameters: z.object({
    appId: guid,
    redirectUrl: z.string().max(2_000),
    state: z.string().max(12_000).optional(),
    token: z.string().max(200).optional(),
    code_challenge: z
      .string()
      .regex(/^[\w-]{43}$/, "must be a SHA-256 in base64url (S256)")
      .optional(),
    code_challenge_method: z.literal("S256").optional(),
  }),
  async begin(
    db,
    { appId = "", code_challenge: codeChallenge, redirectUrl: url = "", state, token, ...rest },
  ) {
    // Without the method, a challenge would be one of the method "plain" (RFC 7636 §4.3).
    if (codeChallenge !== undefined && rest.code_challenge_method === undefined) {
      throw invalidField("code_challenge_method", "must be S256", "INVALID_ENUM_VALUE");
    }
    const app = await readApp(db, appId);
    const returnTo: ReturnTo = { kind: "legacy", url, state, codeChallenge };
    requireRegistered(app, returnTo);
    return { app, token, returnTo };
  },
};
