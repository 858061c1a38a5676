/** A file as pieces one after another; tensors among them share their memory with the model. */
export interface ExportedFile {
  name: string;
  pieces: readonly Uint8Array[];
}
