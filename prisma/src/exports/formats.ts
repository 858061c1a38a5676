import { z } from "zod";

/** Name of an export's archive in the folder that its row names. */
export const exportArchiveName = "model.tar";

/** The forms in which a model leaves with its weights. */
export const exportFormats = ["pytorch", "onnx"] as const;

/** Parses a stored form; one of a newer program is refused. */
export const exportFormatSchema = z.enum(exportFormats);

/** A form in which a model leaves with its weights. */
export type ExportFormat = z.infer<typeof exportFormatSchema>;
