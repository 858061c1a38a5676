-- An event's time is taken when its row is written, which is under the lock of its run's row: the start
-- of a transaction that waited for that lock lies before the events of the one that it waited for.
ALTER TABLE "RunEvent" ALTER COLUMN "time" SET DEFAULT clock_timestamp();
