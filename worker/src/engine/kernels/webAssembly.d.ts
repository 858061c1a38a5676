/**
 * The part of Node's WebAssembly that is used here; TypeScript has it among a browser's types only.
 */
declare namespace WebAssembly {
  class Memory {
    readonly buffer: ArrayBuffer;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    /** Functions only, as our module exports nothing else. */
    readonly exports: Readonly<Record<string, ((...args: number[]) => unknown) | undefined>>;
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
  }
  /** Returns true if this version of Node can run the module. */
  function validate(bytes: Uint8Array): boolean;
}
