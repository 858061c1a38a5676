import {
  type Architecture as Backbone,
  architectureSchema,
  type Layer,
  layerSchema,
} from "@opnas/core";

/** A candidate of a run with a result, in the form that search strategies read. */
export interface StoredCandidate {
  architecture: Backbone;
  key: string;
  /** Its score; 0 for one whose evaluation failed for good, as for one that diverged. */
  score: number;
  /** Index of its generation. */
  generation: number;
  /** Its place within the generation. */
  index: number;
}

/** A stored candidate whose architecture is text, which goes to a thread many times as fast as objects. */
export interface HistoryRow extends Omit<StoredCandidate, "architecture"> {
  /** The version of the architecture's form. */
  version: number;
  /** The architecture's layers, each a line of JSON. */
  layers: string;
}

/**
 * Parses the rows of a run's history. A layer that was parsed before is shared: most layers of a candidate
 * are its parent's.
 */
export class HistoryParser {
  private readonly known = new Map<string, Layer>();

  /**
   * Parses a candidate's architecture.
   * @throws ZodError when it does not fit the schema; SyntaxError when it is not JSON
   */
  parse({ version, layers, ...candidate }: HistoryRow): StoredCandidate {
    const architecture = {
      version: architectureSchema.shape.version.parse(version),
      layers: layers.split("\n").map((line) => this.layer(line)),
    };
    return { ...candidate, architecture };
  }

  private layer(line: string): Layer {
    const layer = this.known.get(line) ?? layerSchema.parse(JSON.parse(line));
    this.known.set(line, layer);
    return layer;
  }
}
