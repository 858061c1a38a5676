import type { UserRole } from "@/generated/graphql";

/** The pages of the settings, with the lowest role that each is for. */
export const sections: readonly { href: string; label: string; role: UserRole }[] = [
  { href: "/settings", label: "Profile", role: "VIEWER" },
  { href: "/settings/keys", label: "API keys", role: "VIEWER" },
  { href: "/settings/teams", label: "Teams", role: "VIEWER" },
  { href: "/settings/webhooks", label: "Webhooks", role: "RESEARCHER" },
  { href: "/settings/users", label: "Users", role: "ADMIN" },
  { href: "/settings/audit", label: "Audit log", role: "ADMIN" },
];
