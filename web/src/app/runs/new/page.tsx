import type { Metadata } from "next";
import { StartPage } from "@/new-search/start-page";

export const metadata: Metadata = { title: "New search" };

export default function Page() {
  return <StartPage />;
}
