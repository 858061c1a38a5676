import { describeConformance } from "./suite.js";

describeConformance("tensorflow-gpu");
