/** The caller that caused an event or a service plugin call (wire §4.2). */
export interface Identity {
  readonly identityType: IdentityType;
  readonly anonymousVisitorId?: string | undefined;
  readonly memberId?: string | undefined;
  readonly wixUserId?: string | undefined;
  readonly appId?: string | undefined;
}

/** The kinds of caller. */
export type IdentityType = "UNKNOWN" | "ANONYMOUS_VISITOR" | "MEMBER" | "WIX_USER" | "APP";

/** The member of {@link Identity} that holds the ID of each kind of caller. */
export const identityIds: Readonly<
  Record<IdentityType, "anonymousVisitorId" | "memberId" | "wixUserId" | "appId" | undefined>
> = {
  UNKNOWN: undefined,
  ANONYMOUS_VISITOR: "anonymousVisitorId",
  MEMBER: "memberId",
  WIX_USER: "wixUserId",
  APP: "appId",
};
