import { Button, Group, useMantineColorScheme } from "@mantine/core";
import { useColorScheme } from "@mantine/hooks";
import type { ReactNode } from "react";

/** Who is signed in, with the colours of the page and the way out. */
export function AccountMenu({ name }: { name: string }): ReactNode {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const preferred = useColorScheme();
  const isDark = (colorScheme === "auto" ? preferred : colorScheme) === "dark";
  return (
    <Group gap={4} wrap="nowrap">
      <Button variant="subtle" size="compact-sm" onClick={() => setColorScheme(isDark ? "light" : "dark")}>
        {isDark ? "Light" : "Dark"}
      </Button>
      <form method="post" action="/sign-out">
        <Button variant="default" size="compact-sm" type="submit" title={`Signed in as ${name}`}>
          Sign out
        </Button>
      </form>
    </Group>
  );
}
