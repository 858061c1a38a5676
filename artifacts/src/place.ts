import path from "node:path";
import { OpnasError } from "@opnas/core";
import { z } from "zod";

/** The place of artifacts: a folder, or a bucket with the bytes that its copies here may take. */
export type ArtifactPlace =
  | { kind: "folder"; folder: string }
  | { kind: "s3"; bucket: string; prefix: string; cacheBytes: number };

/** The variables of the environment about the artifact store, for the schemas of settings. */
export const artifactVariables = {
  /** The artifact store: a folder, or `s3://bucket/prefix`. */
  OPNAS_ARTIFACTS: z.string().min(1).optional(),
  /** Most gigabytes of copies from an S3 store that stay on this machine. */
  OPNAS_ARTIFACTS_CACHE_GB: z.coerce.number().positive().max(1e6).default(20),
};

const s3Form = /^s3:\/\/([^/]+)\/?(.*?)\/*$/;

/**
 * Reads the place of artifacts from the variables.
 * @param dataFolder holds the artifacts where no other place is named
 * @throws OpnasError `BAD_SETTING`
 */
export function artifactPlace(
  data: z.infer<z.ZodObject<typeof artifactVariables>>,
  dataFolder: string,
): ArtifactPlace {
  const { OPNAS_ARTIFACTS: given } = data;
  if (given?.includes("://") !== true) {
    return { kind: "folder", folder: given ?? path.join(dataFolder, "artifacts") };
  }
  const [, bucket, prefix = ""] = s3Form.exec(given) ?? [];
  if (bucket === undefined) {
    const sentence = "OPNAS_ARTIFACTS must be a folder or an address such as s3://bucket/prefix.";
    throw new OpnasError("BAD_SETTING", sentence);
  }
  return { kind: "s3", bucket, prefix, cacheBytes: data.OPNAS_ARTIFACTS_CACHE_GB * 1e9 };
}
