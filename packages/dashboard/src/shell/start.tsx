import { useSuspenseQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { isPortal } from "../api/address.ts";
import { meQuery } from "../api/queries.ts";

/** The first page: apps for developers and operators, sites for everybody else. */
export function Start(): ReactNode {
  const { account } = useSuspenseQuery(meQuery).data;
  const hasApps = account === null || account.isDeveloper || account.isOperator;
  if (isPortal) return null;
  return <Navigate to={hasApps ? "/apps" : "/sites"} replace />;
}
