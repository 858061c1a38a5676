import { Skeleton } from "@/ui/states";

/** What the server sends before the page's own data can be asked for. */
export function PageSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <div className="h-14 border-b border-line bg-surface" />
      <div className="mx-auto w-full max-w-7xl space-y-6 px-4 pt-6 sm:px-6">
        <Skeleton className="h-8 w-56" />
        <Skeleton className="h-40" />
        <Skeleton className="h-64" />
      </div>
    </div>
  );
}
