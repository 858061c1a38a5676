import { clsx } from "clsx";
import Link from "next/link";
import type { ComponentProps } from "react";

const looks = {
  primary: "bg-accent text-accent-ink hover:brightness-110 active:brightness-95 border-transparent",
  plain: "bg-surface text-ink border-line hover:border-line-strong hover:bg-sunken",
  quiet: "border-transparent text-muted hover:text-ink hover:bg-sunken",
  danger: "bg-surface text-bad border-line hover:border-bad hover:bg-bad-soft",
} as const;

interface Look {
  look?: keyof typeof looks;
  size?: "normal" | "small" | "icon";
}

const sizes = {
  normal: "h-9 px-3.5 text-sm",
  small: "h-8 px-2.5 text-[13px]",
  icon: "size-9",
} as const;

function classes({ look = "plain", size = "normal" }: Look, extra?: string) {
  return clsx(
    "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-lg border font-medium whitespace-nowrap",
    "transition-[background-color,border-color,filter] duration-150 disabled:opacity-50",
    "[&_svg]:size-4 [&_svg]:shrink-0",
    looks[look],
    sizes[size],
    extra,
  );
}

export function Button({ look, size, className, ...props }: ComponentProps<"button"> & Look) {
  return <button type="button" className={classes({ look, size }, className)} {...props} />;
}

/** Returns the classes that make a link outside of the portal look like a button. */
export function linkLook(look: Look): string {
  return classes(look);
}

export function ButtonLink({
  look,
  size,
  className,
  ...props
}: ComponentProps<typeof Link> & Look) {
  return <Link className={classes({ look, size }, className)} {...props} />;
}
