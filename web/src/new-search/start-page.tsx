"use client";

import { useLiveQuery } from "@/api/use-live-query";
import { PageHeader } from "@/ui/page";
import { Empty, ErrorNotice, SkeletonRows } from "@/ui/states";
import { startChoices } from "./queries";
import { StartForm } from "./start-form";

export function StartPage() {
  const [{ data, error }, retry] = useLiveQuery({ query: startChoices }, "ifFailed");
  return (
    <div className="mx-auto max-w-4xl">
      <PageHeader
        title="New search"
        note="Trains a super-net, then evolves and scores candidates that inherit its weights"
      />
      {error && !data && <ErrorNotice error={error} retry={retry} />}
      {!data && !error && <SkeletonRows rows={3} className="h-24" />}
      {data?.presets.length === 0 && (
        <Empty title="The server offers no preset">Update the server and reload this page.</Empty>
      )}
      {data && data.presets.length > 0 && <StartForm choices={data} />}
    </div>
  );
}
