import { type Access, permissionDenied } from "../tokens/index.ts";
import { type Members, violation } from "./query/index.ts";

/** What a request about products may ask for beyond what visitors see. */
export interface RequestedParts {
  readonly includeVariants: boolean;
  readonly includeHiddenProducts: boolean;
  readonly includeMerchantSpecificData: boolean;
}

/** What changing products takes, and seeing what visitors do not. */
export const managePermission = "WIX_STORES.MODIFY_PRODUCTS";

/** Reads the flags of a request; throws a violation for one that is no boolean. */
export function readRequestedParts(request: Members): RequestedParts {
  return {
    includeVariants: readFlag(request, "includeVariants"),
    includeHiddenProducts: readFlag(request, "includeHiddenProducts"),
    includeMerchantSpecificData: readFlag(request, "includeMerchantSpecificData"),
  };
}

/** Throws 403 for hidden products and merchant data without permission to manage products. */
export async function requireManager(access: Access, parts: RequestedParts): Promise<void> {
  if (!parts.includeHiddenProducts && !parts.includeMerchantSpecificData) return;
  if (!(await access.may(managePermission))) throw permissionDenied(managePermission);
}

function readFlag(request: Members, name: string): boolean {
  const value = request[name] ?? false;
  if (typeof value === "boolean") return value;
  throw violation(name, { violatedRule: "FORMAT" }, "must be true or false");
}
