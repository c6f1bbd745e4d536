/** The refresh token of an identity, which can change. */
export interface RefreshTokenSlot {
  /** Identifies the instance in caches: its first refresh token. */
  key: string | undefined;
  token: string | undefined;
  readonly onChange: ((refreshToken: string) => unknown) | undefined;
}
