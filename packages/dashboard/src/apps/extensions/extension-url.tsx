import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Tagged } from "../../api/queries.ts";
import { UrlForm } from "../url-form.tsx";
import { useChangeExtension } from "./changes.ts";
import { urlOf } from "./kinds.ts";
import { type Extension, extensionQuery } from "./queries.ts";

/** The URL of a page, or the base URI of a service plugin. */
export function ExtensionUrl({ extension }: { extension: Tagged<Extension> }): ReactNode {
  const { appId, etag, extensionId, kind } = extension;
  const client = useQueryClient();
  const title = kind === "SERVICE_PLUGIN" ? "Base URI" : "URL";
  const read = async () => {
    const saved = await client.fetchQuery({ ...extensionQuery(appId, extensionId), staleTime: 0 });
    return { url: urlOf(saved), etag: saved.etag };
  };
  return (
    <UrlForm
      title={title}
      label={`${title} of the extension`}
      note="The new one is used at once, on every site."
      saved={{ url: urlOf(extension), etag }}
      read={read}
      change={useChangeExtension(extension)}
    />
  );
}
