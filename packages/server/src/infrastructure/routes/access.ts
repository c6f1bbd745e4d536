import { ApiError } from "../errors/index.ts";

/** The instance that a request with an access token acts as. */
export interface Access {
  readonly appId: string;
  readonly instanceId: string;
  readonly siteId: string;
  /** The user that the token acts as; absent when it acts as the app. */
  readonly userId?: string | undefined;
  /** Whether the token has this permission now. */
  may(permission: string): Promise<boolean>;
  /** Every permission that the token has now. */
  permissions(): Promise<readonly string[]>;
  /** The 403 error for a permission that the token does not have; it says where the owner can approve it. */
  denied(permission: string): Promise<ApiError>;
}

/** Header of a response to a token without the needed permission (RFC 6750 §3.1). */
export const insufficientScope = { "www-authenticate": 'Bearer error="insufficient_scope"' };

/**
 * Returns the 403 error for a token without a permission (wire §9).
 *
 * @param options.advice a sentence that is added to the message
 * @param options.approvalUrl the page where the owner can approve a scope with the permission
 */
export function permissionDenied(
  permission: string,
  options: { readonly advice?: string; readonly approvalUrl?: string } = {},
): ApiError {
  const { advice, approvalUrl } = options;
  const message = `Permission ${permission} is required`;
  return new ApiError("PERMISSION_DENIED", {
    message: advice === undefined ? message : `${message}. ${advice}`,
    data: { permission, ...(approvalUrl === undefined ? {} : { approvalUrl }) },
    headers: insufficientScope,
    reason: "missing_permission",
  });
}
