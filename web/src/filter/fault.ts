import type { CombinedError } from "urql";
import * as z from "@/security/zod";

const faultSchema = z.object({
  path: z.string(),
  filter: z.object({
    position: z.int().check(z.minimum(0)),
    length: z.int().check(z.minimum(0)),
    nearest: z.array(z.string()),
  }),
});

/** The reason why a filter's text cannot be read, and the place of it. */
export interface FilterFault {
  /** A sentence about it. */
  message: string;
  /** The place of its first character, in UTF-16 code units from 0. */
  position: number;
  /** The number of its characters; 0 at the end of the text. */
  length: number;
  /** Names that are written like the one at fault, the nearest first. */
  nearest: readonly string[];
}

/** Returns the fault of a filter that the API refused; undefined for any other error. */
export function filterFault(error: CombinedError | undefined): FilterFault | undefined {
  for (const { message, extensions } of error?.graphQLErrors ?? []) {
    const fault = faultSchema.safeParse(extensions);
    if (!fault.success) continue;
    const { path, filter } = fault.data;
    const reason = message.replace(`${path} cannot be used: `, "");
    return { ...filter, message: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}` };
  }
  return undefined;
}

/** A text in three parts, the second of which is at fault. */
export interface MarkedText {
  before: string;
  marked: string;
  after: string;
}

/** Splits a filter's text at its fault; at the end of the text a blank is marked. */
export function markedText(text: string, { position, length }: FilterFault): MarkedText {
  const end = position + length;
  return {
    before: text.slice(0, position),
    marked: length === 0 ? "\u00a0" : text.slice(position, end),
    after: text.slice(end),
  };
}

/** Puts a name in the place of the fault. */
export function corrected(text: string, { position, length }: FilterFault, name: string): string {
  return text.slice(0, position) + name + text.slice(position + length);
}
