CREATE TYPE "ViewList" AS ENUM ('LEADERBOARD', 'RUNS');

CREATE TABLE "SavedView" (
    "id" UUID NOT NULL,
    "holder" TEXT NOT NULL,
    "userId" UUID,
    "teamId" UUID,
    "name" TEXT NOT NULL,
    "list" "ViewList" NOT NULL,
    "query" TEXT NOT NULL,
    "orderBy" TEXT,
    "direction" TEXT,
    "columns" TEXT[],
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SavedView_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "SavedView_holder_name_key" ON "SavedView"("holder", "name");
CREATE INDEX "SavedView_userId_idx" ON "SavedView"("userId");
CREATE INDEX "SavedView_teamId_idx" ON "SavedView"("teamId");
ALTER TABLE "SavedView" ADD CONSTRAINT "SavedView_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "SavedView" ADD CONSTRAINT "SavedView_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "Team"("id") ON DELETE CASCADE ON UPDATE CASCADE;
