import type { Link, SignedLinks } from "../http/signedLinks.js";
import { type ArtifactKind, artifactKinds } from "./artifacts.js";

/** An archive that somebody may download. */
interface Wanted {
  /** The run's id, in lower case. */
  runId: string;
  artifacts: readonly ArtifactKind[];
}

/** Returns all that a link to an archive gives a right to, in one text. */
export function archiveSubject({ runId, artifacts }: Wanted): string {
  const kinds = artifactKinds.filter((kind) => artifacts.includes(kind));
  return `archive of ${runId} with ${kinds.join() || "rows alone"}`;
}

/** Makes a link to a run's archive. */
export function archiveLink(links: SignedLinks, wanted: Wanted): Link {
  const query = wanted.artifacts.length === 0 ? "" : `?artifacts=${wanted.artifacts.join()}`;
  const address = `/export/runs/${wanted.runId}/archive${query}`;
  return links.linkTo(archiveSubject(wanted), address);
}
