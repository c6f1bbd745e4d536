import { NavLink } from "@mantine/core";
import { Link, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";

interface Destination {
  readonly label: string;
  readonly to: string;
  /** Shown to operators only. */
  readonly operator?: true;
  /** Shown to developers and operators only. */
  readonly developer?: true;
}

const destinations: readonly Destination[] = [
  { label: "Apps", to: "/apps", developer: true },
  { label: "Sites", to: "/sites" },
  { label: "Find", to: "/find" },
  { label: "Operator", to: "/operator", operator: true },
  { label: "Account", to: "/account" },
];

interface NavigationProps {
  readonly isDeveloper: boolean;
  readonly isOperator: boolean;
}

/** The links to the areas of the dashboard. */
export function Navigation({ isDeveloper, isOperator }: NavigationProps): ReactNode {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const shown = destinations.filter(
    ({ developer, operator }) => isOperator || !(operator || (developer && !isDeveloper)),
  );
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
