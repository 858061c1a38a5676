/**
 * The version of prepared data, part of every cache key: raise it when anything that `prepareData`
 * returns changes, so that no run reads data prepared by older code.
 */
export const preparationVersion = 5;

/**
 * The seed of every random choice in the preparation, independent of a run's seed: all runs share
 * the data.
 */
export const dataSeed = 1790;
