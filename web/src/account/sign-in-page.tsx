"use client";

import { LogIn } from "lucide-react";
import { useEffect, useState } from "react";
import { useQuery } from "urql";
import { useApi } from "@/api/provider";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { ErrorNotice, SkeletonRows } from "@/ui/states";
import { InvitationForm } from "./invitation-form";
import { PasswordForm } from "./password-form";
import { waysToSignIn } from "./queries";
import { failureOf, pageAfter, Refusal, showToken, singleSignOn } from "./session";
import { TokenForm } from "./token-form";

/** Loads the page that was asked for anew, so that all of it is read as the person who signed in. */
function goOn() {
  window.location.assign(pageAfter(window.location.search));
}

/** Returns the secrets in the address after #, which no server sees. */
function secretsOf(hash: string) {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  return { invitation: values.get("invitation"), token: values.get("token") };
}

/** The page at which people sign in, accept an invitation, or show the token of the API's machine. */
export function SignInPage() {
  const { address } = useApi();
  const [{ data, error }] = useQuery({ query: waysToSignIn });
  const [{ invitation, token }] = useState(() => secretsOf(window.location.hash));
  const [problem, setProblem] = useState(() => failureOf(window.location.search));
  const api = address.http;
  useEffect(() => {
    if (token === null) return;
    showToken(api, token).then(goOn, (failure: unknown) => setProblem(sentence(failure)));
  }, [api, token]);

  const methods = data?.signInMethods ?? [];
  const provider = () => {
    const { origin, pathname, search } = window.location;
    const page = pageAfter(search);
    const failed = new URL(`${pathname}?${new URLSearchParams({ next: page }).toString()}`, origin);
    singleSignOn(api, new URL(page, origin).href, failed.href).then(
      (url) => window.location.assign(url),
      (failure: unknown) => setProblem(sentence(failure)),
    );
  };
  return (
    <Card className="mx-auto mt-8 max-w-sm p-5" aria-labelledby="sign-in">
      <h1 id="sign-in" className="mb-4 text-xl font-semibold">
        {invitation === null ? "Sign in" : "Welcome"}
      </h1>
      {!data && !error && <SkeletonRows rows={3} />}
      {error && <ErrorNotice error={error} />}
      {invitation !== null && <InvitationForm secret={invitation} api={api} onDone={goOn} />}
      {invitation === null && methods.includes("PASSWORD") && (
        <PasswordForm api={api} onDone={goOn} />
      )}
      {methods.includes("SINGLE_SIGN_ON") && (
        <Button className="mt-3 w-full" onClick={provider} data-testid="single-sign-on">
          <LogIn aria-hidden /> Single sign-on
        </Button>
      )}
      {methods.includes("LOCAL_TOKEN") && <TokenForm api={api} onDone={goOn} />}
      {problem !== undefined && (
        <p role="alert" className="mt-3 text-sm font-medium text-bad">
          {problem}
        </p>
      )}
    </Card>
  );
}

/** Returns the sentence of a refusal; any other error is thrown on. */
function sentence(failure: unknown): string {
  if (failure instanceof Refusal) return failure.message;
  throw failure;
}
