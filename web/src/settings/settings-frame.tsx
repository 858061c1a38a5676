"use client";

import { clsx } from "clsx";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { goToSignIn } from "@/api/sign-in";
import { PageHeader } from "@/ui/page";
import { ErrorNotice, SkeletonRows } from "@/ui/states";
import { sections } from "./sections";
import { isAtLeast, useViewer } from "@/account/use-viewer";

/** Shows the pages of the settings that the person may use, beside the one that is open. */
export function SettingsFrame({ children }: { children: ReactNode }) {
  const path = usePathname();
  const { viewer, error, retry } = useViewer();
  // The API tells everybody that nobody is signed in, where other questions are refused.
  const isStranger = viewer === null;
  useEffect(() => {
    if (isStranger) goToSignIn();
  }, [isStranger]);
  const role = viewer?.role;
  const offered = sections.filter((section) => role && isAtLeast(role, section.role));
  return (
    <>
      <PageHeader
        title="Settings"
        note={
          viewer && (viewer.kind === "LOCAL" ? "Of the owner of this machine" : `As ${viewer.name}`)
        }
      />
      <div className="grid grid-cols-1 items-start gap-x-8 gap-y-5 lg:grid-cols-[11rem_minmax(0,1fr)]">
        <nav aria-label="Settings" className="lg:sticky lg:top-20">
          <ul className="flex flex-wrap gap-1 lg:flex-col">
            {offered.map(({ href, label }) => (
              <li key={href}>
                <Link
                  href={href}
                  aria-current={path === href ? "page" : undefined}
                  className={clsx(
                    "block rounded-lg px-3 py-1.5 text-sm",
                    path === href
                      ? "bg-accent-soft font-medium text-accent"
                      : "text-muted hover:bg-sunken hover:text-ink",
                  )}
                >
                  {label}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="min-w-0 space-y-6">
          {error && <ErrorNotice error={error} retry={retry} />}
          {!viewer && !error && <SkeletonRows rows={4} />}
          {viewer && children}
        </div>
      </div>
    </>
  );
}
