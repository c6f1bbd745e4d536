import { NavLink } from "@mantine/core";
import { Link, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";

interface Destination {
  readonly label: string;
  readonly to: string;
  /** Shown to operators only. */
  readonly operator?: true;
}

const destinations: readonly Destination[] = [
  { label: "Apps", to: "/apps" },
  { label: "Find", to: "/find" },
  { label: "Operator", to: "/operator", operator: true },
];

/** The links to the areas of the dashboard. */
export function Navigation({ isOperator }: { isOperator: boolean }): ReactNode {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const shown = destinations.filter(({ operator }) => isOperator || !operator);
  return (
    <>
      {shown.map(({ label, to }) => (
        <NavLink
          key={to}
          label={label}
          active={path === to || path.startsWith(`${to}/`)}
          renderRoot={(props) => <Link to={to} {...props} />}
        />
      ))}
      <NavLink label="API reference" href="/docs" />
    </>
  );
}
