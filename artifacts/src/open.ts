import path from "node:path";
import type { ArtifactPlace } from "./place.js";
import { FolderStore, type ArtifactStore } from "./store.js";

/** Opens the artifact store that settings name; only a bucket loads the client for one. */
export async function openStore({
  artifacts,
  dataFolder,
}: {
  artifacts: ArtifactPlace;
  dataFolder: string;
}): Promise<ArtifactStore> {
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
