/** Moves the focus to a form's first control that cannot be used, and opens the section that hides it. */
export function revealFault(form: HTMLFormElement | null): void {
  const control = form?.querySelector<HTMLElement>("[aria-invalid=true]");
  control?.closest("details")?.setAttribute("open", "");
  control?.focus();
}
