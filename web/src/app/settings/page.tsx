import type { Metadata } from "next";
import { ProfilePage } from "@/settings/profile/profile-page";

export const metadata: Metadata = { title: "Settings" };

export default function Page() {
  return <ProfilePage />;
}
