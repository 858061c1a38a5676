import { z } from "zod";

const eventsSchema = z.object({
  data: z.object({
    searchRun: z.object({ events: z.array(z.object({ seq: z.int(), kind: z.string() })) }),
  }),
});

/** Reads the first 100 events of a run from the API. */
export async function storedEvents(apiPort: number, id: string) {
  const response = await fetch(`http://127.0.0.1:${String(apiPort)}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      query: "query ($id: ID!) { searchRun(id: $id) { events(first: 100) { seq kind } } }",
      variables: { id },
    }),
  });
  return eventsSchema.parse(await response.json()).data.searchRun.events;
}
