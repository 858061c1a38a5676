import { z } from "zod";

/** The forms in which a model leaves with its weights. */
export const exportFormats = ["pytorch", "onnx"] as const;

/** Parses a stored form; one of a newer program is refused. */
export const exportFormatSchema = z.enum(exportFormats);

/** A form in which a model leaves with its weights. */
export type ExportFormat = z.infer<typeof exportFormatSchema>;
