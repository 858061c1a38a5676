import { type ArtifactPlace, type ArtifactStore, openStore } from "@opnas/artifacts";

/** The artifact store, of which the API reads archives; it is opened when it is first needed. */
export class Store {
  private opened: Promise<ArtifactStore> | undefined;

  constructor(private readonly settings: { artifacts: ArtifactPlace; dataFolder: string }) {}

  /** Returns the store. */
  open(): Promise<ArtifactStore> {
    this.opened ??= openStore(this.settings);
    return this.opened;
  }

  /** Ends the store's connections. */
  async stop(): Promise<void> {
    (await this.opened)?.end();
  }
}
