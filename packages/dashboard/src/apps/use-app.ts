import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { App } from "../api/changes.ts";
import { appQuery, type Tagged } from "../api/queries.ts";

/** The app of the page, which `AppPages` has read. */
export function useApp(): Tagged<App> {
  const { appId } = useParams({ from: "/apps/$appId" });
  return useSuspenseQuery(appQuery(appId)).data;
}
