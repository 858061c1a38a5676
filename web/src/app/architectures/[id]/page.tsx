import type { Metadata } from "next";
import { ArchitecturePage } from "@/architecture/architecture-page";

export const metadata: Metadata = { title: "Architecture" };

export default async function Page({ params }: PageProps<"/architectures/[id]">) {
  const { id } = await params;
  return <ArchitecturePage key={id} id={decodeURIComponent(id)} />;
}
