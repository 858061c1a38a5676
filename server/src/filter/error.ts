import { InputError } from "../input.js";

/** The place of a fault in a filter's text, and what could stand there. */
export interface FilterFault {
  /** The place of its first character, in UTF-16 code units from 0. */
  position: number;
  /** The number of its characters; 0 at the end of the text. */
  length: number;
  /** Texts that could stand there, in words or as it is written. */
  expected: readonly string[];
  /** Names that are written like the one at fault, the nearest first. */
  nearest: readonly string[];
}

/** The error for a filter's text that cannot be read. It names the place and what was expected there. */
export class FilterError extends InputError {
  constructor(
    path: readonly string[],
    reason: string,
    readonly fault: FilterFault,
  ) {
    const place = fault.length === 0 ? "at the end" : `at character ${fault.position + 1}`;
    const message = `${path.join(".")} cannot be used: ${place}, ${reason}.`;
    super({ path, message });
  }
}
