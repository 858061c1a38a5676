import { archiveFolder, artifactFolder } from "./manifest.js";

/** Texts of an archive's README that depend on its run. */
export interface ReadmeOf {
  id: string;
  name: string;
  /** Number of rows by file. */
  rows: Readonly<Record<string, number>>;
  /** Names, in the artifact store, of the artifacts that are inside. */
  artifacts: readonly string[];
}

const descriptions: Readonly<Record<string, string>> = {
  "generations.jsonl": "populations, in order, with their best and mean scores",
  "architectures.jsonl":
    "candidates and reference backbones as they were proposed: `json` is the architecture, `parentId` and `mutation` its lineage, `score` 0 to 100",
  "evaluations.jsonl":
    "results: scores of every proxy task with baselines, held-out loss, timings, engine",
  "statistics.jsonl":
    "statistics of operations and kernel sizes that generations were sampled from",
  "events.jsonl": "events of the run, numbered by `seq`",
  "attempts.jsonl": "newest attempt at each piece of work",
  "workers.jsonl": "machines that evaluated",
  "trainings.jsonl": "full pre-trainings of its architectures",
  "training-metrics.jsonl": "loss curves of these",
  "reproductions.jsonl": "evaluations that were made again, to be compared with the first",
};

/** Writes the README of an archive, which says what is inside and how to read it without the platform. */
export function readmeOf({ id, name, rows, artifacts }: ReadmeOf): string {
  const files = Object.entries(descriptions).map(
    ([file, text]) => `| \`${file}\` | ${rows[file] ?? 0} | ${text} |`,
  );
  const held = artifacts.map((artifact) => `- \`${artifactFolder}${artifact}\``).join("\n");
  return `# ${inOneLine(name)}

One architecture search of the OP-NAS Platform, run ${id}, with all that is stored of it.

| File | Rows | What a row is |
| --- | --- | --- |
| \`run.json\` | 1 | the run: name, state, seed, engines, times, tags, note |
| \`settings.json\` | 1 | all its settings |
${files.join("\n")}
| \`manifest.json\` | | sizes, SHA-256 checksums, the number of rows of each file |

Files that end in .jsonl have one JSON object a line. Times are in UTC, ids are UUIDs; a field that ends in
Id names a row of another file.

## Weights

${held === "" ? "There are none inside." : `Files in the form safetensors, as float32:\n\n${held}`}

## How to read it in Python

\`\`\`python
import json, tarfile

with tarfile.open("run.opnas") as archive:
    lines = archive.extractfile("${archiveFolder}architectures.jsonl").read().splitlines()

rows = [json.loads(line) for line in lines]
scored = [row for row in rows if row["score"] is not None]
for row in sorted(scored, key=lambda row: -row["score"])[:10]:
    print(row["name"], row["score"], int(row["params"]))
\`\`\`

\`tar xf run.opnas\` unpacks all of it; a file of weights is then read by
\`safetensors.numpy.load_file(path)\`. \`opnas archive import run.opnas\` brings the run into another platform.
`;
}

/** Returns a name that cannot begin another line or a mark of Markdown. */
function inOneLine(name: string): string {
  return name.replaceAll(/[\s\p{Cc}]+/gu, " ").replaceAll(/[\\\x60*_[\]<>#|]/g, String.raw`\$&`);
}
