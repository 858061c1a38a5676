import { besideGraphql } from "@/api/beside-graphql";
import * as z from "@/security/zod";

const importedSchema = z.object({
  result: z.enum(["IMPORTED", "EQUAL"]),
  run: z.object({ id: z.string(), name: z.string(), visibility: z.string() }),
  rows: z.record(z.string(), z.number()),
  artifacts: z.array(z.string()),
  ignored: z.array(z.string()),
});

/** The API's answer to an archive that it took. */
export type Imported = z.infer<typeof importedSchema>;

const refusedSchema = z.object({ errors: z.array(z.object({ message: z.string() })) });

/**
 * Sends an archive to the API. It is no `fetch`: only this request tells how much of the file is sent.
 *
 * @param api the address of GraphQL, beside which archives are taken
 * @param onSent receives the share that is sent, 0 to 1
 * @throws Error whose message is a sentence for the person
 */
export function sendArchive(
  api: string,
  { file, teamId }: { file: File; teamId: string },
  onSent: (share: number) => void,
): Promise<Imported> {
  const address = besideGraphql(api, "/import/runs");
  if (teamId !== "") address.searchParams.set("team", teamId);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.withCredentials = true;
    request.upload.onprogress = ({ loaded, total }) => onSent(loaded / Math.max(1, total));
    request.onload = () => {
      const outcome = outcomeOf(request.responseText);
      if (typeof outcome === "string") reject(new Error(outcome));
      else resolve(outcome);
    };
    request.onerror = () =>
      reject(new Error("The connection broke off, and nothing was imported. Try again."));
    request.send(file);
  });
}

/** Reads an answer: what was imported, or the sentence that says why nothing was. */
function outcomeOf(text: string): Imported | string {
  const unknown = "The API's answer is not one that this page expects.";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unknown;
  }
  const imported = importedSchema.safeParse(value);
  if (imported.success) return imported.data;
  return refusedSchema.safeParse(value).data?.errors[0]?.message ?? unknown;
}
