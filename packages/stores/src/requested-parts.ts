import { type Access, ApiError } from "@latchkey/server";
import { z } from "zod";
import type { Product } from "./catalog/product.ts";
import { storesErrors } from "./errors.ts";
import { managePermission } from "./permissions.ts";
import { type JsonObject, violation } from "./query/index.ts";

/** Parts of products that a request can include. */
export interface RequestedParts {
  readonly includeVariants: boolean;
  readonly includeHiddenProducts: boolean;
  readonly includeMerchantSpecificData: boolean;
}

const managerOnly = { description: "Needs WIX_STORES.MODIFY_PRODUCTS" };

/** Schema of the field that includes costs and profit. */
export const merchantDataField: { includeMerchantSpecificData: z.ZodType } = {
  includeMerchantSpecificData: z.boolean().optional().meta(managerOnly),
};

/** Schemas of the fields that {@link readRequestedParts} reads. */
export const requestedPartsFields: Record<keyof RequestedParts, z.ZodType> = {
  includeVariants: z.boolean().optional(),
  includeHiddenProducts: z.boolean().optional().meta(managerOnly),
  ...merchantDataField,
};

/** Reads the flags of a request. Throws a violation for a value that is not a boolean. */
export function readRequestedParts(request: JsonObject): RequestedParts {
  return {
    includeVariants: readFlag(request, "includeVariants"),
    includeHiddenProducts: readFlag(request, "includeHiddenProducts"),
    includeMerchantSpecificData: readFlag(request, "includeMerchantSpecificData"),
  };
}

/** Throws 403 for hidden products and merchant data without permission to manage products. */
export async function requireManager(access: Access, parts: RequestedParts): Promise<void> {
  if (!parts.includeHiddenProducts && !parts.includeMerchantSpecificData) return;
  if (!(await access.may(managePermission))) throw await access.denied(managePermission);
}

/** Throws `PRODUCT_NOT_FOUND` for a hidden product if the caller may not manage products. */
export async function requireVisible(access: Access, product: Pick<Product, "visible">): Promise<void> {
  if (!product.visible && !(await access.may(managePermission)))
    throw new ApiError(storesErrors.PRODUCT_NOT_FOUND);
}

function readFlag(request: JsonObject, name: string): boolean {
  const value = request[name] ?? false;
  if (typeof value === "boolean") return value;
  throw violation(name, "FORMAT", "must be true or false");
}
