import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import type { OpenUpload } from "./store.js";

/**
 * Lists the uploads in parts that have not ended; undefined for a server that does not list them, or not
 * for these credentials.
 * @param root of the keys of a store, with a slash at its end, or empty for the whole bucket
 */
export async function openUploads(
  client: S3Client,
  { Bucket, Key: root }: { Bucket: string; Key: string },
): Promise<OpenUpload[] | undefined> {
  const uploads: OpenUpload[] = [];
  let asked: ListMultipartUploadsCommandInput = { Bucket, Prefix: root };
  try {
    for (;;) {
      const page = await client.send(new ListMultipartUploadsCommand(asked));
      for (const { Key, UploadId: uploadId, Initiated } of page.Uploads ?? []) {
        if (Key === undefined || uploadId === undefined || Initiated === undefined) continue;
        uploads.push({ name: Key.slice(root.length), uploadId, begun: Initiated.getTime() });
      }
      if (page.IsTruncated !== true) return uploads;
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      asked = { ...asked, KeyMarker, UploadIdMarker };
    }
  } catch (error) {
    const silent = ["NotImplemented", "AccessDenied"];
    if (error instanceof S3ServiceException && silent.includes(error.name)) return undefined;
    throw error;
  }
}

/** Ends an upload in parts, if it has not ended. */
export async function abortUpload(
  client: S3Client,
  object: { Bucket: string; Key: string },
  { uploadId: UploadId }: OpenUpload,
): Promise<void> {
  try {
    await client.send(new AbortMultipartUploadCommand({ ...object, UploadId }));
  } catch (error) {
    if (!(error instanceof S3ServiceException && error.name === "NoSuchUpload")) throw error;
  }
}
