import { z } from "zod";
import { dottedName, text } from "../../../infrastructure/routes/index.ts";
import type { LegacyFlow } from "./registered-addresses.ts";
import type { RequestedScope, ScopeRequest } from "./requested-scopes.ts";

const scopeId = dottedName.meta({ description: "Such as SCOPE.DC.MANAGE-YOUR-APP" });
const optional = z.boolean().meta({ description: "Whether the owner may decline and withdraw it" });
const reason = text(500).nullable().meta({ description: "Why the app needs it; owners read this" });

/** A requested scope in a response. */
export const requestedScope: z.ZodType<RequestedScope> = z.object({ scopeId, optional, reason });

/** A scope of a registration. */
export const scopeRequest: z.ZodType<ScopeRequest> = z.union([
  scopeId.meta({ description: "A required scope" }),
  z.strictObject({ scopeId, optional: optional.optional(), reason: reason.optional() }),
]);

const maxAddresses = 20;
const address = z.string().max(2_000);
const addresses = z.array(address).max(maxAddresses);

export const legacyFlow: z.ZodType<LegacyFlow | null> = z
  .strictObject({
    appUrl: address.meta({ description: "The page that /installer/start opens with a token" }),
    redirectUrls: addresses
      .min(1)
      .meta({ description: "Addresses to which /installer/install may redirect; compared exactly" }),
  })
  .nullable()
  .meta({ description: "The legacy flow (custom authentication); null when the app may not use it" });

export const postInstallationUrls: z.ZodType<readonly string[]> = addresses.meta({
  description: "Addresses to which /app-installer may redirect; compared exactly",
});
