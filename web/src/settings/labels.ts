import type { KeyScope, UserRole, WebhookEvent, WebhookKind } from "@/generated/graphql";

export const roles = ["VIEWER", "RESEARCHER", "ADMIN"] as const satisfies readonly UserRole[];

export const roleLabels: Record<UserRole, string> = {
  VIEWER: "Viewer",
  RESEARCHER: "Researcher",
  ADMIN: "Administrator",
};

export const scopes = ["READ", "WRITE", "ADMIN"] as const satisfies readonly KeyScope[];

export const scopeLabels: Record<KeyScope, { label: string; hint: string }> = {
  READ: { label: "Read", hint: "Queries, live changes and exports." },
  WRITE: { label: "Write", hint: "Searches, architectures, pre-trainings, views and webhooks." },
  ADMIN: { label: "Admin", hint: "Accounts, teams, keys and the audit log." },
};

export const webhookKinds = [
  "STANDARD",
  "SLACK",
  "EMAIL",
] as const satisfies readonly WebhookKind[];

export const webhookKindLabels: Record<WebhookKind, string> = {
  STANDARD: "JSON, signed",
  SLACK: "Slack",
  EMAIL: "E-mail",
};

/** The occasions that a webhook can ask for. */
export const webhookEvents = [
  "RUN_FINISHED",
  "RUN_FAILED",
  "NEW_BEST",
] as const satisfies readonly WebhookEvent[];

export const webhookEventLabels: Record<WebhookEvent, string> = {
  RUN_FINISHED: "A run is done",
  RUN_FAILED: "A run failed",
  NEW_BEST: "New best score",
  TEST: "Test",
};
