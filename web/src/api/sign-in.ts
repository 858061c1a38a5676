import type { CombinedError } from "urql";
import { portalPath } from "./portal-path";

const page = portalPath("/sign-in");

/** The place of a page: the path and the query of its address. */
interface Place {
  pathname: string;
  search: string;
}

/** Returns the address of the page to sign in at, which leads back to a page; null for itself. */
export function signInAddress({ pathname, search }: Place): string | null {
  if (pathname === page) return null;
  return `${page}?${new URLSearchParams({ next: `${pathname}${search}` }).toString()}`;
}

/** Leads to the page to sign in at. */
export function goToSignIn(): void {
  const address = signInAddress(window.location);
  if (address !== null) window.location.assign(address);
}

/** Reports whether an operation failed because the API does not know who asks. */
export function isOfStranger({ graphQLErrors }: Pick<CombinedError, "graphQLErrors">): boolean {
  return graphQLErrors.some(({ extensions }) => extensions["code"] === "UNAUTHENTICATED");
}

/** Leads to the page to sign in at when the API does not know who asks. */
export function askToSignIn(error: CombinedError): void {
  if (isOfStranger(error)) goToSignIn();
}
