import { Client, fetchExchange, gql, subscriptionExchange } from "urql";
import { expect, test, vi } from "vitest";
import { runEvents } from "@/run/events/queries";
import { runPage } from "@/run/queries";
import { createCache } from "./cache";

const time = "2026-01-01T00:00:00Z";

function generation(index: number, evaluated: number, bestScore: number | null) {
  return {
    __typename: "Generation",
    id: `g${index}`,
    index,
    size: 4,
    evaluated,
    bestScore,
    meanScore: bestScore,
    bestScoreSoFar: bestScore,
    startedAt: time,
    finishedAt: null,
  };
}

function candidate(id: string, score: number | null) {
  return {
    __typename: "Architecture",
    id,
    name: `name of ${id}`,
    score,
    stability: null,
    generationIndex: 0,
    indexInGeneration: 0,
  };
}

function run(done: number) {
  return {
    __typename: "SearchRun",
    id: "r",
    name: "run",
    status: "RUNNING",
    phase: "SEARCHING",
    seed: 7,
    preset: "tiny",
    strategy: "OPNAS",
    engine: "wasm",
    engines: [],
    createdAt: time,
    startedAt: time,
    finishedAt: null,
    archivedAt: null,
    deletedAt: null,
    lastSeq: done,
    failures: 0,
    waitingReason: null,
    superNetSkipped: 0,
    note: null,
    tags: [],
    error: null,
    progress: {
      __typename: "Progress",
      phase: "SEARCHING",
      done,
      total: 8,
      etaSeconds: null,
      fraction: done / 8,
      message: null,
    },
    timings: {
      __typename: "RunTimings",
      superNetSeconds: 1,
      trainSeconds: 1,
      fineTuneSeconds: 1,
      scoreSeconds: 1,
      overheadSeconds: 1,
    },
    bestArchitecture: null,
  };
}

/**
 * Returns a client whose server answers with the run's first state, and a function that sends
 * events.
 */
function page() {
  let fetches = 0;
  let send: (event: object) => void = () => expect.unreachable("nothing is subscribed");
  const answer = {
    searchRun: {
      ...run(0),
      settings: {},
      generations: [{ ...generation(0, 0, null), candidates: [candidate("a", null)] }],
    },
  };
  const client = new Client({
    url: "http://api.test/graphql",
    preferGetMethod: false,
    fetch: () => {
      fetches++;
      const headers = { "content-type": "application/json" };
      return Promise.resolve(new Response(JSON.stringify({ data: answer }), { headers }));
    },
    exchanges: [
      createCache(),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: () => ({
          subscribe: (sink) => {
            send = (searchEvents) => sink.next({ data: { searchEvents } });
            return { unsubscribe: () => undefined };
          },
        }),
      }),
    ],
  });
  const cached = () =>
    client.readQuery(runPage, { id: "r" }, { requestPolicy: "cache-only" })?.data?.searchRun;
  client.subscription(runEvents, { runId: "r", after: 0 }).subscribe(() => undefined);
  const event = (body: object) =>
    send({
      __typename: "SearchEvent",
      seq: 1,
      kind: "candidate.evaluated",
      time,
      payload: {},
      architecture: null,
      generation: null,
      ...body,
    });
  return { client, cached, event, fetches: () => fetches };
}

test("an event updates its run, its generation and its candidate without another request", async () => {
  const { client, cached, event, fetches } = page();
  await client.query(runPage, { id: "r" });
  event({ run: run(1), generation: generation(0, 1, 61), architecture: candidate("a", 61) });
  expect(cached()?.progress.done).toBe(1);
  expect(cached()?.generations.map(({ evaluated }) => evaluated)).toEqual([1]);
  expect(cached()?.generations[0]?.candidates.map(({ score }) => score)).toEqual([61]);
  expect(fetches()).toBe(1);
});

test("a new generation and a new candidate are added to their lists once", async () => {
  const { client, cached, event, fetches } = page();
  await client.query(runPage, { id: "r" });
  event({ kind: "generation.started", run: run(1), generation: generation(1, 0, null) });
  const scored = {
    run: run(2),
    generation: generation(1, 1, 64),
    architecture: candidate("b", 64),
  };
  event(scored);
  event(scored);
  expect(cached()?.generations.map(({ index }) => index)).toEqual([0, 1]);
  expect(cached()?.generations[1]?.candidates.map(({ id }) => id)).toEqual(["b"]);
  expect(fetches()).toBe(1);
});

test("a list is asked for again after a mutation that adds to it, whatever its arguments", async () => {
  const asked: string[] = [];
  const view = (name: string) => ({ __typename: "SavedView", id: name, name });
  const client = new Client({
    url: "http://api.test/graphql",
    preferGetMethod: false,
    fetch: (_url, request) => {
      const body = request?.body;
      const isMutation = typeof body === "string" && body.includes("mutation");
      asked.push(isMutation ? "mutation" : "list");
      const all = asked.includes("mutation") ? [view("a"), view("b")] : [view("a")];
      const data = isMutation ? { createView: view("b") } : { savedViews: all };
      const headers = { "content-type": "application/json" };
      return Promise.resolve(new Response(JSON.stringify({ data }), { headers }));
    },
    exchanges: [createCache(), fetchExchange],
  });
  const seen: unknown[] = [];
  const list = gql<{ savedViews: { name: string }[] }>`
    query {
      savedViews(list: LEADERBOARD) {
        id
        name
      }
    }
  `;
  client
    .query(list, {})
    .subscribe(({ data }) => seen.push(data?.savedViews.map(({ name }) => name)));
  await vi.waitFor(() => expect(seen).toEqual([["a"]]));
  await client.mutation(
    gql`
      mutation {
        createView(input: {}) {
          id
          name
        }
      }
    `,
    {},
  );
  await vi.waitFor(() => expect(seen.at(-1)).toEqual(["a", "b"]));
  expect(asked).toEqual(["list", "mutation", "list"]);
});
