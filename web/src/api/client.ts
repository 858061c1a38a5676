import { Client, fetchExchange, mapExchange, subscriptionExchange } from "urql";
import type { ApiAddress } from "./address";
import { createCache } from "./cache";
import { Connection } from "./connection";
import { askToSignIn } from "./sign-in";
import { subscribeResuming } from "./resume";
import { openSocket } from "./socket";

export interface Api {
  client: Client;
  connection: Connection;
  address: ApiAddress;
}

/**
 * Creates the portal's one client: queries over HTTP, subscriptions over one WebSocket, one
 * normalised cache.
 */
export function createApi(address: ApiAddress): Api {
  const connection = new Connection();
  const socket = openSocket({ url: address.ws, connection, network: window });
  const client = new Client({
    url: address.http,
    preferGetMethod: false,
    fetchOptions: { credentials: "include" },
    exchanges: [
      mapExchange({ onError: askToSignIn }),
      createCache(),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = "", operationName, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: subscribeResuming(
              socket,
              { query, operationName: operationName ?? null, variables: { ...variables } },
              sink,
            ),
          }),
        }),
      }),
    ],
  });
  return { client, connection, address };
}
