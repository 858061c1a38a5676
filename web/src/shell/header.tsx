"use client";

import { clsx } from "clsx";
import { Plus, Settings } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { AccountMenu } from "@/account/account-menu";
import { ButtonLink } from "@/ui/button";
import { ConnectionDot } from "./connection-dot";
import { ThemeToggle } from "./theme-toggle";

const places = [
  { href: "/", label: "Leaderboard", isHere: (path: string) => path === "/" },
  { href: "/runs", label: "Runs", isHere: (path: string) => path.startsWith("/runs") },
];

export function Header() {
  const path = usePathname();
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-surface/90 backdrop-blur">
      <div className="mx-auto flex h-14 w-full max-w-7xl items-center gap-2 px-4 sm:gap-4 sm:px-6">
        <Link href="/" className="flex items-center gap-2 font-semibold tracking-tight">
          <svg viewBox="0 0 24 24" aria-hidden className="size-6">
            <rect x="3" y="3" width="18" height="4.5" rx="1.6" className="fill-line-strong" />
            <rect x="3" y="9.75" width="18" height="4.5" rx="1.6" className="fill-accent" />
            <rect x="3" y="16.5" width="18" height="4.5" rx="1.6" className="fill-line-strong" />
          </svg>
          <span className="max-sm:sr-only">OP-NAS</span>
        </Link>
        <nav aria-label="Main" className="flex h-full items-center">
          {places.map(({ href, label, isHere }) => (
            <Link
              key={href}
              href={href}
              aria-current={isHere(path) ? "page" : undefined}
              className={clsx(
                "flex h-full items-center border-b-2 px-2 pt-0.5 text-sm sm:px-3",
                isHere(path)
                  ? "border-accent font-medium text-ink"
                  : "border-transparent text-muted hover:text-ink",
              )}
            >
              {label}
            </Link>
          ))}
        </nav>
        <div className="ml-auto flex items-center gap-1 sm:gap-2">
          <ConnectionDot />
          <ThemeToggle />
          <ButtonLink
            look="quiet"
            size="icon"
            href="/settings"
            aria-label="Settings"
            title="Settings"
            aria-current={path.startsWith("/settings") ? "page" : undefined}
            className="aria-[current]:bg-sunken aria-[current]:text-ink"
            data-testid="settings"
          >
            <Settings aria-hidden />
          </ButtonLink>
          <AccountMenu />
          <ButtonLink look="primary" href="/runs/new" data-testid="new-search">
            <Plus aria-hidden />
            <span className="max-sm:sr-only">New search</span>
          </ButtonLink>
        </div>
      </div>
    </header>
  );
}
