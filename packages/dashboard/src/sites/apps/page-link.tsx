import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";
import type { SiteApp } from "../queries.ts";

type Page = SiteApp["pages"][number];

/**
 * A link to a page of an app. It loads the dashboard anew, because only the policy of that address allows the origin of the
 * page in a frame; an external page opens in a tab that has no access to this one.
 */
export function PageLink({ app, page }: { app: SiteApp; page: Page }): ReactNode {
  const { appId, siteId } = app;
  const isExternal = page.kind === "EXTERNAL_PAGE";
  return (
    <Anchor
      size="sm"
      className="value"
      href={`/dashboard/sites/${siteId}/pages/${appId}/${page.extensionId}`}
      {...(isExternal && { target: "_blank", rel: "noopener noreferrer" })}
    >
      Open {labelOf(page)}
      {isExternal && " in a new tab"}
    </Anchor>
  );
}

/** Pages have no names, so this is the path of the address, or the host for the path `/`. */
export function labelOf({ url }: Page): string {
  const { host, pathname } = new URL(url);
  return pathname === "/" ? host : pathname;
}
