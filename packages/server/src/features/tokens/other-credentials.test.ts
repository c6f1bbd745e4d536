import {
  apiKeyPrefix,
  appSecretPrefix,
  formatSecret,
  refreshTokenPrefix,
  type SecretPrefix,
} from "@latchkey/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await createTestPlatform();
});
afterAll(() => platform.close());

const secret = (prefix: SecretPrefix) => formatSecret(new Uint8Array(32).fill(7), prefix);

test.each([
  [
    secret(appSecretPrefix),
    "This is an App secret, not an access token; request an access token with it at POST /oauth2/token.",
  ],
  [
    `Bearer ${secret(apiKeyPrefix)}`,
    "This is a key of the management API, not an access token; request an access token with an App secret at POST /oauth2/token.",
  ],
  [
    secret(refreshTokenPrefix),
    "This is a refresh token, not an access token; request an access token with it at POST /oauth/access.",
  ],
  ["lks", "The access token is invalid, expired or revoked; request a new one."],
])(
  "a credential of another kind is 401 and named by its prefix: %s (FR-D §3)",
  async (authorization, message) => {
    const response = await fetch(`${platform.url}/apps/v1/instance`, { headers: { authorization } });
    const text = await response.text();
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    expect(JSON.parse(text)).toEqual({
      message,
      details: { applicationError: { code: "UNAUTHENTICATED", description: message, data: {} } },
    });
    expect(text).not.toContain(authorization.slice(-20));
  },
);
