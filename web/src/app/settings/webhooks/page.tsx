import type { Metadata } from "next";
import { WebhooksPage } from "@/settings/webhooks/webhooks-page";

export const metadata: Metadata = { title: "Webhooks" };

export default function Page() {
  return <WebhooksPage />;
}
