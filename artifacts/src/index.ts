export { openStore } from "./open.js";
export { artifactPlace, type ArtifactPlace, artifactVariables } from "./place.js";
export type { S3Store } from "./s3Store.js";
export { isMissing, storageError } from "./storageError.js";
export {
  type ArtifactStore,
  type ByteRange,
  FolderStore,
  isPlain,
  type OpenUpload,
  type StoredContent,
  type StoredFile,
} from "./store.js";
