import { type DocumentType, graphql } from "@/generated";

export const workerCard = graphql(`
  fragment WorkerCard on Worker {
    id
    name
    engine
    engineReasons
    threads
    slots
    status
    currentJobs
    restReason
    cpuShare
    cores
    memoryBytes
    hostMemoryBytes
    hostMemoryFreeBytes
    gpus {
      index
      name
      utilisation
      memoryUsedBytes
      memoryBytes
    }
    startedAt
    lastSeenAt
  }
`);

export type Worker = DocumentType<typeof workerCard>;

export const workerList = graphql(`
  query WorkerList {
    workers {
      ...WorkerCard
    }
  }
`);

export const workerChanges = graphql(`
  subscription WorkerChanges {
    workersChanged {
      ...WorkerCard
    }
  }
`);
