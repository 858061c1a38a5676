import type { Metadata } from "next";
import { StartPage } from "@/start/start-page";

export const metadata: Metadata = { title: "New search" };

export default function Page() {
  return <StartPage />;
}
