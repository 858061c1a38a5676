import type { CombinedError } from "urql";

const page = "/sign-in";

/**
 * Returns the address of the page to sign in at, which leads back to the present one; null where an
 * error is no reason for it, or that page is shown already.
 */
export function signInAddress(
  { graphQLErrors }: Pick<CombinedError, "graphQLErrors">,
  { pathname, search }: { pathname: string; search: string },
): string | null {
  const isUnknown = graphQLErrors.some(
    ({ extensions }) => extensions["code"] === "UNAUTHENTICATED",
  );
  if (!isUnknown || pathname === page) return null;
  return `${page}?${new URLSearchParams({ next: `${pathname}${search}` }).toString()}`;
}

/** Leads to the page to sign in at when the API does not know who asks. */
export function askToSignIn(error: CombinedError): void {
  const address = signInAddress(error, window.location);
  if (address !== null) window.location.assign(address);
}
