import { LeaderboardPage } from "@/leaderboard/leaderboard-page";

export default function Page() {
  return <LeaderboardPage />;
}
