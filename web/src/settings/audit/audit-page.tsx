"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import { exportAddress } from "@/api/export-address";
import { useApi } from "@/api/provider";
import { useLiveQuery } from "@/api/use-live-query";
import type { AuditFilter } from "@/generated/graphql";
import { Panel } from "@/ui/card";
import { Select } from "@/ui/field";
import { Loaded } from "@/ui/loaded";
import { SearchBox } from "@/ui/search-box";
import { linkLook } from "@/ui/button";
import { OnlyFor } from "../only-for";
import { Pager } from "../pager";
import { usePages } from "../use-pages";
import { AuditTable } from "./audit-table";
import { auditPage } from "./queries";

const pageSize = 50;

/** The log of everything that somebody changed, for administrators. */
export function AuditPage() {
  return <OnlyFor role="ADMIN">{() => <AuditLog />}</OnlyFor>;
}

function AuditLog() {
  const { address } = useApi();
  const [filter, setFilter] = useState<AuditFilter>({});
  const pages = usePages();
  const [{ data, error }, retry] = useLiveQuery({
    query: auditPage,
    variables: { first: pageSize, after: pages.after, filter },
  });
  const list = data?.auditLog;
  const narrow = ({ action, caller, failed }: AuditFilter) => {
    pages.restart();
    setFilter({
      ...(action && { action }),
      ...(caller && { caller }),
      ...(failed != null && { failed }),
    });
  };
  return (
    <Panel
      title="Audit log"
      note="Every change that somebody asked for, the newest first."
      controls={
        <a
          className={linkLook({ size: "small" })}
          href={exportAddress(address.http, "audit.csv", filter)}
        >
          <Download aria-hidden /> CSV
        </a>
      }
      bodyClassName="space-y-4"
      data-testid="audit"
    >
      <div className="flex flex-wrap gap-2">
        <SearchBox
          label="Action"
          value={filter.action ?? ""}
          onChange={(action) => narrow({ ...filter, action })}
        />
        <SearchBox
          label="Caller"
          value={filter.caller ?? ""}
          onChange={(caller) => narrow({ ...filter, caller })}
        />
        <div className="w-full sm:w-44">
          <Select
            aria-label="Outcome"
            value={filter.failed == null ? "" : String(filter.failed)}
            onChange={({ target: { value } }) =>
              narrow({ ...filter, failed: value === "" ? null : value === "true" })
            }
          >
            <option value="">Any outcome</option>
            <option value="false">Done</option>
            <option value="true">Refused or failed</option>
          </Select>
        </div>
      </div>
      <div>
        <Loaded
          rows={list?.edges.map(({ node }) => node)}
          error={error}
          retry={retry}
          empty={
            Object.keys(filter).length > 0
              ? "No entry matches. Change the fields above."
              : "Nothing was changed yet."
          }
        >
          {(rows) => <AuditTable rows={rows} />}
        </Loaded>
        {list && <Pager pages={pages} info={list.pageInfo} />}
      </div>
    </Panel>
  );
}
