import { Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { Copyable } from "../parts/copyable.tsx";
import { Panel } from "../parts/panel.tsx";
import { useCopySite, useDeleteSite } from "./changes.ts";
import { RenameSite } from "./rename-site.tsx";
import { useSite } from "./use-site.ts";

/** The name and the ids of the site, and what can be done with it as a whole. */
export function Settings(): ReactNode {
  const { isOperator, mayManage, site } = useSite();
  const { externalId, name, siteId } = site;
  return (
    <Stack>
      <Panel title="Site">
        {mayManage && <RenameSite key={siteId} site={site} />}
        <Copyable label="Site ID" value={siteId} note="It names the site in requests of the API." />
        {externalId !== null && <Copyable label="Your own ID" value={externalId} />}
      </Panel>
      {mayManage && <CopySite siteId={siteId} />}
      {mayManage && (externalId === null || isOperator) && <DeleteSite siteId={siteId} name={name} />}
      {mayManage && externalId !== null && !isOperator && (
        <Text size="sm">This site belongs to the product that created it. Delete it there.</Text>
      )}
    </Stack>
  );
}

function CopySite({ siteId }: { siteId: string }): ReactNode {
  const navigate = useNavigate();
  const copy = useCopySite(siteId);
  const run = async () => {
    const created = await copy.run(undefined);
    await navigate({ to: "/sites/$siteId", params: { siteId: created.siteId } });
  };
  return (
    <Panel
      title="Copy"
      note="The copy has the same content and the same apps, with the same permissions. Each app has a new instance there, with the ID of the original instance. Members are not copied: you are the owner."
    >
      <div>
        <ConfirmButton
          label="Copy the site"
          title="Copy this site?"
          text="Each app gets the webhook AppInstalled for its new instance. A large site takes some time."
          change={{ ...copy, run }}
          input={undefined}
        />
      </div>
    </Panel>
  );
}

function DeleteSite({ name, siteId }: { siteId: string; name: string }): ReactNode {
  const navigate = useNavigate();
  const remove = useDeleteSite(siteId);
  const run = async () => {
    await remove.run(undefined);
    await navigate({ to: "/sites" });
  };
  return (
    <Panel title="Delete" note="Nobody can restore a deleted site.">
      <div>
        <ConfirmButton
          label="Delete the site"
          title={`Delete ${name}?`}
          text="Every app is removed, its tokens are invalid at once, and it gets the webhook AppRemoved. The content of the site is deleted. This cannot be undone."
          change={{ ...remove, run }}
          input={undefined}
          danger
        />
      </div>
    </Panel>
  );
}
