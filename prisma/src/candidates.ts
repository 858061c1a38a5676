/**
 * The parts for candidates that need no database: a thread that proposes them starts without loading its
 * client.
 */
export { HistoryParser, type HistoryRow, type StoredCandidate } from "./runs/historyRow.js";
export {
  candidateOf,
  referencesOf,
  type NewCandidate,
  type NewReference,
} from "./runs/newCandidates.js";
