import path from "node:path";

/** A path, a decision or a link that a text names. */
export interface Mention {
  kind: "path" | "decision" | "link";
  name: string;
  /** The line on which it stands, from 1. */
  line: number;
}

/** File names that comments give to files of other projects, each as its project spells it. */
const foreignFiles = ["evaluate-v1.1.py", "evaluate-v2.0.py", "modeling_opnas.py", "tf_attrtype.h"];

/** Returns the text of a source file with everything but its comments blanked. */
export function commentsOf(file: string, text: string): string {
  const comments = /\.(py|graphql)$/.test(file)
    ? /^\s*#.*$|"""[\s\S]*?"""/gm
    : /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;
  let kept = "";
  let end = 0;
  for (const { 0: comment, index } of text.matchAll(comments)) {
    kept += text.slice(end, index).replace(/[^\n]/g, " ") + comment;
    end = index + comment.length;
  }
  return kept;
}

/**
 * Lists what the prose of a document, or the comments of a source file, names:
 *
 * - paths: words joined by `/` that begin with a folder at the top of the repository, and words that
 *   end like a file of code. Not paths are placeholders (`NNNN-title.md`, `<name>/vocab.txt`), what
 *   a build makes (`dist/`), packages (`@opnas/core`) and the names of products (`TensorFlow.js`);
 * - decisions: "decision 0010", or their folder followed by the number; in a comment without one
 *   that is an error;
 * - links of Markdown, `[text](target)`, except those that leave the repository.
 */
export function mentionsIn(text: string, topFolders: readonly string[]): Mention[] {
  return text.split("\n").flatMap((content, index) => {
    const mention = (kind: Mention["kind"], names: string[]): Mention[] =>
      names.map((name) => ({ kind, name, line: index + 1 }));
    const prose = content.replace(/\]\([^)]*\)/g, " ").replace(/\w+:\/\/\S+/g, "");
    const words = [...prose.matchAll(word)].map(([match]) => match.replace(/[./-]+$/, ""));
    return [
      ...mention("link", matches(content, /\]\((?!\w+:)([^)\s]+)\)/g)),
      ...mention("decision", matches(prose, /\bdecisions? (\d{4})\b/gi)),
      ...mention("decision", matches(prose, /\bdocs\/decisions(?:\/(\d{4}))?(?![\w/-])/g)),
      ...mention(
        "path",
        words.filter((each) => isPath(each, topFolders)),
      ),
    ];
  });
}

/** A run of path characters that no character of a placeholder or a glob touches. */
const word = /(?<![\w@~$<>{}*:/.…-])[\w@.-]+(?:\/(?:[\w@.-]+|\[\w+\]))*\/?(?![\w*<>{}$…])/g;
const codeFile = /[\w\]-]\.(ts|tsx|mts|mjs|js|py|cc|h|md|prisma|graphql|sql)$/;

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = ""]) => name);
}

function isPath(name: string, topFolders: readonly string[]): boolean {
  if (/^@|^node_modules|(^|\/)(dist|generated)\/|NNNN|^docs\/decisions(\/\d{4})?$/.test(name)) {
    return false;
  }
  if (/^[A-Z]\w*\.js$/.test(name) || foreignFiles.includes(name)) return false;
  const [first = ""] = name.split("/");
  return codeFile.test(name) || (name.includes("/") && topFolders.includes(first));
}

/** The files of the repository, and the questions that a mention asks of them. */
export class Files {
  private readonly all: ReadonlySet<string>;
  private readonly names: ReadonlySet<string>;
  readonly topFolders: readonly string[];

  /** @param files relative to the repository */
  constructor(files: readonly string[]) {
    const folders = files.flatMap((file) => foldersOf(file));
    this.all = new Set([...files, ...folders]);
    this.names = new Set(files.map((file) => path.posix.basename(file)));
    this.topFolders = [...new Set(folders)].filter((folder) => !folder.includes("/"));
  }

  /**
   * Reports whether a path that a file names exists: relative to the repository, to that file's
   * folder, or to its package or its package's `src`; in a document, to any package's `src`. A
   * single word is the name of any file.
   */
  has(name: string, namedIn: string): boolean {
    const packages = namedIn.endsWith(".md") ? this.topFolders : namedIn.split("/").slice(0, 1);
    const bases = ["", path.posix.dirname(namedIn), ...packages.flatMap((p) => [p, `${p}/src`])];
    const isThere = bases.some((base) => this.all.has(path.posix.join(base, name)));
    return isThere || this.names.has(name);
  }

  /** Reports whether there is a decision of this number; none has the number "". */
  hasDecision(number: string): boolean {
    return [...this.names].some((name) => name.startsWith(`${number}-`));
  }
}

function foldersOf(file: string): string[] {
  const parts = file.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** Lists the anchors of a Markdown document, as GitHub makes them from its headings. */
export function anchorsOf(markdown: string): string[] {
  return matches(markdown, /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .replace(/\s/g, "-"),
  );
}
