export { writeGlueFolder } from "../benchmarks/testing/glueFolder.js";
export { writeSquadFolder } from "../benchmarks/testing/squadFolder.js";
export { writeBertFolder } from "../import/testing/bertFolder.js";
export { tinyModel } from "../model/testing/tinyModel.js";
