"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { Button } from "@/ui/button";

const themes = [
  { name: "system", label: "the system's", Icon: Monitor },
  { name: "light", label: "light", Icon: Sun },
  { name: "dark", label: "dark", Icon: Moon },
] as const;

/** Switches between the colours of the system, light and dark ones. */
export function ThemeToggle() {
  const { theme, setTheme } = useTheme();
  const index = Math.max(
    0,
    themes.findIndex(({ name }) => name === theme),
  );
  const current = themes[index] ?? themes[0];
  const next = themes[(index + 1) % themes.length] ?? themes[0];
  const label = `Colours: ${current.label}. Change to ${next.label}`;
  return (
    <Button
      look="quiet"
      size="icon"
      aria-label={label}
      title={label}
      data-testid="theme-toggle"
      onClick={() => setTheme(next.name)}
    >
      <current.Icon aria-hidden />
    </Button>
  );
}
