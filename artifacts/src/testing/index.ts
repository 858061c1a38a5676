export { TestBucket } from "./testBucket.js";
