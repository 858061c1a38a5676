/**
 * Part of every cache key: raise it when anything that `prepareData` returns changes, so that no
 * run reads data prepared by older code.
 */
export const preparationVersion = 5;

/** Seed of every choice made in preparation. Not a run's seed: all runs share the same data. */
export const dataSeed = 1790;
