"use client";

import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";

/** Milliseconds for which a new page's heading is waited for, while its data is loaded. */
const headingWithinMs = 5_000;

/**
 * Moves the focus to the heading of a page that was come to within the portal, so that keyboards and
 * screen readers go on from there: what had the focus is gone.
 */
export function PageFocus() {
  const path = usePathname();
  const seen = useRef(path);
  useEffect(() => {
    if (seen.current === path) return;
    seen.current = path;
    const main = document.getElementById("content");
    if (!main || focusHeading(main)) return;
    const observer = new MutationObserver(() => {
      if (focusHeading(main)) stop();
    });
    const timer = setTimeout(() => observer.disconnect(), headingWithinMs);
    const stop = () => {
      observer.disconnect();
      clearTimeout(timer);
    };
    observer.observe(main, { childList: true, subtree: true });
    return stop;
  }, [path]);
  return null;
}

/** Focuses the heading, unless a person is somewhere else already; true if nothing is left to do. */
function focusHeading(main: HTMLElement): boolean {
  if (document.activeElement !== document.body) return true;
  const heading = main.querySelector("h1");
  if (!heading) return false;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return true;
}
