import path from "node:path";
import type { WorkerSettings } from "../settings.js";
import { FolderStore, type ArtifactStore } from "./store.js";

/** Opens the artifact store that a worker's settings name; only a bucket loads the client for one. */
export async function openStore({
  artifacts,
  dataFolder,
}: Pick<WorkerSettings, "artifacts" | "dataFolder">): Promise<ArtifactStore> {
  const own = path.join(dataFolder, "artifacts");
  if (artifacts.kind === "folder") {
    const { folder } = artifacts;
    // A model below the data folder is named from there, as it always was.
    return new FolderStore(folder, folder === own ? "artifacts" : folder);
  }
  const { S3Store } = await import("./s3Store.js");
  const cache = { folder: path.join(dataFolder, "artifact-cache"), bytes: artifacts.cacheBytes };
  return new S3Store(artifacts, own, cache);
}
