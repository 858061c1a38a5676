import { ButtonLink } from "@/ui/button";
import { Empty } from "@/ui/states";

export default function NotFound() {
  return (
    <Empty
      isPage
      title="There is no such page"
      action={<ButtonLink href="/">Leaderboard</ButtonLink>}
    >
      The address may be mistyped, or what it showed belongs to another database.
    </Empty>
  );
}
