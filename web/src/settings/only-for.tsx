"use client";

import type { ReactNode } from "react";
import type { UserRole } from "@/generated/graphql";
import { Card } from "@/ui/card";
import { Empty } from "@/ui/states";
import { roleLabels } from "./labels";
import { isAtLeast, useViewer, type Viewer } from "@/account/use-viewer";

/** Shows a page to those whose role it is for; others read whom to ask. */
export function OnlyFor(props: { role: UserRole; children: (viewer: Viewer) => ReactNode }) {
  const { viewer } = useViewer();
  if (!viewer) return null;
  if (isAtLeast(viewer.role, props.role)) return props.children(viewer);
  return (
    <Card>
      <Empty title={`This page is for the role ${roleLabels[props.role]}`}>
        Your role is {roleLabels[viewer.role]}. An administrator can give you another one.
      </Empty>
    </Card>
  );
}
