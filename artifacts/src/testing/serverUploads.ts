import { readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import type S3rver from "s3rver";

/**
 * Adds to a server what s3rver lacks: listing the uploads in parts that have not ended, one a page, and
 * ending them.
 * @param folder of the bucket's files
 */
export function serveUploads(server: S3rver, folder: string): void {
  const kept = path.join(folder, "._S3rver_uploads");
  server.middleware.unshift(async (exchange, next) => {
    const { method, query } = exchange;
    if (method === "DELETE" && query.uploadId !== undefined) {
      await rm(path.join(kept, query.uploadId), { recursive: true });
      exchange.status = 204;
    } else if (method === "GET" && "uploads" in query) {
      const ids = (await readdir(kept)).sort();
      const id = ids.find((each) => each > (query["upload-id-marker"] ?? ""));
      exchange.type = "application/xml";
      exchange.body = `<ListMultipartUploadsResult>${id === undefined ? "" : await page(id)}</ListMultipartUploadsResult>`;
    } else await next();
  });

  async function page(id: string): Promise<string> {
    const key = await readFile(path.join(kept, id, "key"), "utf8");
    const { mtime } = await stat(path.join(kept, id, "key"));
    return `<IsTruncated>true</IsTruncated><NextKeyMarker>${key}</NextKeyMarker>
      <NextUploadIdMarker>${id}</NextUploadIdMarker>
      <Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${mtime.toISOString()}</Initiated></Upload>`;
  }
}
