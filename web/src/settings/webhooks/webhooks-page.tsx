"use client";

import { useLiveQuery } from "@/api/use-live-query";
import { Panel } from "@/ui/card";
import { Loaded } from "@/ui/loaded";
import { OnlyFor } from "../only-for";
import { CreateWebhook } from "./create-webhook";
import { webhookList } from "./queries";
import { WebhookItem } from "./webhook-item";

/** The webhooks of the person's teams; those of administrators and of local mode may hear of all runs. */
export function WebhooksPage() {
  return (
    <OnlyFor role="RESEARCHER">
      {({ account, role }) => (
        <>
          <Webhooks />
          <CreateWebhook mayHearAll={role === "ADMIN"} hasTeams={account !== null} />
        </>
      )}
    </OnlyFor>
  );
}

function Webhooks() {
  const [{ data, error }, retry] = useLiveQuery({ query: webhookList });
  return (
    <Panel
      title="Webhooks"
      note="Addresses that are told when a run is done, failed, or found a new best."
      data-testid="webhooks"
    >
      <Loaded
        rows={data?.webhooks}
        error={error}
        retry={retry}
        empty="No webhook yet. Make one below: a channel of Slack, an e-mail address, or a program of yours."
      >
        {(rows) => (
          <ul className="-mt-3 divide-y divide-line">
            {rows.map((webhook) => (
              <WebhookItem key={webhook.id} webhook={webhook} />
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}
