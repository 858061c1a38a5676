"use client";

import { useState } from "react";
import { ActionButton } from "@/ui/action-button";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { useTeams } from "../teams/use-teams";
import { webhookEventLabels, webhookKindLabels } from "../labels";
import { Deliveries } from "./deliveries";
import { deliveryState } from "./delivery-state";
import { type Delivery, deleteWebhook, type Hook, testWebhook } from "./queries";

/** Shows a webhook with buttons to try it, to read its log and to delete it. */
export function WebhookItem({ webhook }: { webhook: Hook }) {
  const { id, kind, target, events, teamId } = webhook;
  const [isOpen, setIsOpen] = useState(false);
  const [tried, setTried] = useState<Delivery>();
  const { nameOf } = useTeams();
  return (
    <li className="py-3 text-sm" data-testid="webhook">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <p className="font-medium wrap-anywhere">{target}</p>
          <p className="mt-0.5 text-[13px] text-muted">
            {webhookKindLabels[kind]} · {teamId === null ? "all runs" : `runs of ${nameOf(teamId)}`}
          </p>
          <p className="mt-1.5 flex flex-wrap gap-1.5">
            {events.map((event) => (
              <Badge key={event}>{webhookEventLabels[event]}</Badge>
            ))}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <ActionButton
            mutation={testWebhook}
            variables={{ id }}
            label="Send a test"
            name={`Send a test to ${target}`}
            data-testid="test-webhook"
            onDone={({ testWebhook: sent }) => setTried(sent)}
          />
          <Button
            size="small"
            aria-expanded={isOpen}
            data-testid="show-deliveries"
            onClick={() => setIsOpen(!isOpen)}
          >
            {isOpen ? "Hide the log" : "Log"}
          </Button>
          <ActionButton
            mutation={deleteWebhook}
            variables={{ id }}
            label="Delete"
            name={`Delete ${target}`}
            data-testid="delete-webhook"
            confirm={{
              title: "Delete this webhook?",
              text: `${target} is told nothing any more, and its log is deleted with it.`,
              keep: "Keep it",
            }}
          />
        </div>
      </div>
      {tried && <Outcome delivery={tried} />}
      {isOpen && <Deliveries webhookId={id} />}
    </li>
  );
}

/** Says what came of a test. */
function Outcome({ delivery }: { delivery: Delivery }) {
  const { label, tone, text } = deliveryState(delivery);
  return (
    <p role="status" data-testid="test-outcome" className="mt-2 flex flex-wrap items-center gap-2">
      <Badge tone={tone}>{label}</Badge>
      <span className="wrap-anywhere text-muted">{text}</span>
    </p>
  );
}
