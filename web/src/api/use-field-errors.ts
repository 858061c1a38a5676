"use client";

import { useState } from "react";
import type { CombinedError } from "urql";
import { toApiError } from "./errors";

/**
 * Reports whether an edit may have mended what the API said about a field: the field itself was
 * edited, or one that the sentence names, as checks across fields do.
 */
export function isMended(edited: string, path: string, message: string): boolean {
  const name = edited.split(".").at(-1) ?? edited;
  return path === edited || path.startsWith(`${edited}.`) || message.split(/\W+/).includes(name);
}

/**
 * Returns the API's sentences about fields of an input, by dotted path, without those about what was
 * edited since it refused them; and a function to call with the path of each field that is edited.
 */
export function useFieldErrors(error: CombinedError | undefined) {
  const [edited, setEdited] = useState<{
    since: CombinedError | undefined;
    paths: readonly string[];
  }>({ since: undefined, paths: [] });
  const paths = edited.since === error ? edited.paths : [];
  const named = error ? toApiError(error).fields : {};
  const fields = Object.fromEntries(
    Object.entries(named).filter(
      ([path, message]) => !paths.some((each) => isMended(each, path, message)),
    ),
  );
  return {
    fields,
    /** True if the error names fields; otherwise it belongs below the form. */
    namesFields: Object.keys(named).length > 0,
    onEdit: (path: string) => setEdited({ since: error, paths: [...paths, path] }),
  };
}
