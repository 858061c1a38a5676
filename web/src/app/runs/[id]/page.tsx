import type { Metadata } from "next";
import { RunPage } from "@/run/run-page";

export const metadata: Metadata = { title: "Run" };

export default async function Page({ params }: PageProps<"/runs/[id]">) {
  const { id } = await params;
  return <RunPage key={id} id={decodeURIComponent(id)} />;
}
