import { whenValid } from "@opnas/core";
import { maxTags, Prisma } from "@opnas/prisma";
import { z } from "zod";
import { label, text } from "../input.js";

/** The most characters of a tag. */
const maxTagLength = 50;

/** The most tags that a filter may ask for. */
const maxFilterTags = 20;

const tag = label(maxTagLength)
  .min(1, "it is empty")
  .refine((value) => !value.includes(","), { error: "it contains a comma", when: whenValid });

/** A schema for tags to add or remove. */
export const tagList = z.array(tag).min(1, "it is empty").max(maxTags, `it has over ${maxTags}`);

/** A schema for the beginning of a tag. */
export const tagPrefix = text(maxTagLength).nullish();

/** A schema for the tags that a filter asks for. */
export const tagsFilter = z
  .array(text(maxTagLength))
  .max(maxFilterTags, `it has over ${maxFilterTags}`)
  .nullish();

/**
 * Returns the condition that a row has all of these tags, or none where no tag is asked for.
 * @param column the row's column of tags; the second condition lets its partial index serve the first
 */
export function hasTags(column: Prisma.Sql, tags: readonly string[] | null | undefined) {
  if (tags == null || tags.length === 0) return [];
  return [Prisma.sql`${column} @> ${[...new Set(tags)]}::text[] AND ${column} <> '{}'`];
}
