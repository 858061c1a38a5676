import { spawnSync } from "node:child_process";
import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { dataFolderOf, makeLaneFolder, mountSmallDisk, removeLeftovers } from "./laneFolder.ts";

test("folders and disks of lanes whose process is gone are removed, those of living ones stay", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  const left = path.join(tmpdir(), `opnas-faults-lane-${pid}-test`);
  await mkdir(dataFolderOf(left), { recursive: true });
  mountSmallDisk(dataFolderOf(left));
  await writeFile(path.join(dataFolderOf(left), "file"), "left");
  const own = await makeLaneFolder();
  await removeLeftovers();
  await expect(access(left)).rejects.toMatchObject({ code: "ENOENT" });
  await access(path.join(own, "logs"));
  await rm(own, { recursive: true });
});
