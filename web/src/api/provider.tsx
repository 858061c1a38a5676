"use client";

import { createContext, type ReactNode, use, useState, useSyncExternalStore } from "react";
import { Provider } from "urql";
import { apiAddress } from "./address";
import { type Api, createApi } from "./client";
import type { ConnectionSnapshot } from "./connection";
import type { PortalSettings } from "./settings";

const ApiContext = createContext<Api | null>(null);

const never = () => () => undefined;

/**
 * Provides the page's API client. Only the browser queries data; the server renders the fallback,
 * so no request is made twice and no time of day is rendered in the wrong time zone.
 */
export function ApiProvider(props: {
  settings: PortalSettings;
  fallback: ReactNode;
  children: ReactNode;
}) {
  const inBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  if (!inBrowser) return props.fallback;
  return <BrowserApi settings={props.settings}>{props.children}</BrowserApi>;
}

let api: Api | undefined;

function BrowserApi(props: { settings: PortalSettings; children: ReactNode }) {
  const [value] = useState(() => (api ??= createApi(apiAddress(window.location, props.settings))));
  return (
    <ApiContext value={value}>
      <Provider value={value.client}>{props.children}</Provider>
    </ApiContext>
  );
}

/** Returns the page's API. @throws Error outside `ApiProvider`. */
export function useApi(): Api {
  const value = use(ApiContext);
  if (!value) throw new Error("useApi is used outside ApiProvider");
  return value;
}

export function useConnection(): ConnectionSnapshot {
  const { connection } = useApi();
  return useSyncExternalStore(connection.subscribe, connection.snapshot, connection.snapshot);
}
