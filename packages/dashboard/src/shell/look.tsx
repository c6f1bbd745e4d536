import {
  type CSSVariablesResolver,
  colorsTuple,
  createTheme,
  type MantineColorScheme,
  MantineProvider,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { meQuery } from "../api/queries.ts";

/** The colours of all pages: those of the dashboard, or those that a portal link has chosen. */
export function Look({ children, nonce }: { children: ReactNode; nonce: string }): ReactNode {
  const { colorScheme, primaryColor } = useQuery(meQuery).data?.portal?.theme ?? {};
  const look = useMemo(() => lookOf(primaryColor), [primaryColor]);
  return (
    <MantineProvider
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
      {...look}
      {...forcedScheme(colorScheme)}
    >
      {children}
    </MantineProvider>
  );
}

function forcedScheme(chosen: MantineColorScheme = "auto"): { forceColorScheme?: "light" | "dark" } {
  return chosen === "auto" ? {} : { forceColorScheme: chosen };
}

const base = createTheme({
  cursorType: "pointer",
  primaryShade: 8,
  components: {
    // Only an element with a role may have a label.
    Loader: { defaultProps: { role: "status" } },
    ModalCloseButton: { defaultProps: { "aria-label": "Close" } },
    // A page has one banner.
    ModalHeader: { defaultProps: { component: "div" } },
  },
});

function lookOf(primaryColor: string | undefined) {
  if (primaryColor === undefined) return { theme: base };
  const theme = createTheme({
    ...base,
    colors: { own: colorsTuple(primaryColor) },
    primaryColor: "own",
    // At this luminance, black and white have the same contrast with the colour: at least 4.5.
    autoContrast: true,
    luminanceThreshold: 0.18,
  });
  return { theme, cssVariablesResolver: readableText(primaryColor) };
}

/** Text in the colour of its hue, with a lightness that has enough contrast with the page. */
function readableText(color: string): CSSVariablesResolver {
  const names = ["anchor", "own-text", "own-outline", "own-light-color"];
  const withLightness = (lightness: number) =>
    Object.fromEntries(
      names.map((name) => [`--mantine-color-${name}`, `oklch(from ${color} ${lightness} c h)`]),
    );
  return () => ({ variables: {}, light: withLightness(0.45), dark: withLightness(0.8) });
}
