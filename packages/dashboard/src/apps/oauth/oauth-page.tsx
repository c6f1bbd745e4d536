import { Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useRevokeTokens } from "../../api/changes.ts";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Panel } from "../../parts/panel.tsx";
import { AppId } from "../app-id.tsx";
import { useApp } from "../use-app.ts";
import { LegacyUrls } from "./legacy-urls.tsx";
import { PublicKey } from "./public-key.tsx";
import { Secrets } from "./secrets.tsx";

/** The credentials of an app: what it sends to get tokens, and what it verifies messages with. */
export function OAuthPage(): ReactNode {
  const app = useApp();
  const { appId } = app;
  return (
    <Stack>
      <AppId appId={appId} />
      <Secrets appId={appId} />
      <PublicKey appId={appId} />
      <LegacyUrls key={appId} app={app} />
      <Panel
        title="Access tokens"
        note="Tokens end after four hours, and at once when the app is removed from the site."
      >
        <div>
          <ConfirmButton
            label="Revoke all tokens"
            title="Revoke every access token of this app?"
            text="The next request with any of them is refused, on all sites. Secrets stay valid, so the app can get new tokens at once."
            change={useRevokeTokens(appId)}
            input={undefined}
            danger
          />
        </div>
      </Panel>
    </Stack>
  );
}
