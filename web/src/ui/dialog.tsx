"use client";

import { X } from "lucide-react";
import * as AlertDialog from "@radix-ui/react-alert-dialog";
import * as RadixDialog from "@radix-ui/react-dialog";
import type { ReactNode } from "react";
import { Button } from "./button";

const overlay = "fixed inset-0 z-40 bg-black/45 backdrop-blur-[2px]";
const box =
  "fixed top-1/2 left-1/2 z-50 -translate-x-1/2 -translate-y-1/2 rounded-xl border border-line bg-surface shadow-2xl";

/** Shows content in a large dialog; Escape or a click outside closes it. */
export function Dialog(props: { trigger: ReactNode; title: string; children: ReactNode }) {
  return (
    <RadixDialog.Root>
      <RadixDialog.Trigger asChild>{props.trigger}</RadixDialog.Trigger>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className={overlay} />
        <RadixDialog.Content
          aria-describedby={undefined}
          className={`${box} flex h-[90dvh] w-[94vw] max-w-6xl flex-col`}
        >
          <header className="flex items-center justify-between border-b border-line py-2 pr-2 pl-4">
            <RadixDialog.Title className="font-semibold">{props.title}</RadixDialog.Title>
            <RadixDialog.Close asChild>
              <Button look="quiet" size="icon" aria-label="Close">
                <X aria-hidden />
              </Button>
            </RadixDialog.Close>
          </header>
          <div className="min-h-0 flex-1">{props.children}</div>
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}

/** Asks for confirmation of an action that cannot be undone. */
export function Confirm(props: {
  trigger: ReactNode;
  title: string;
  children: ReactNode;
  action: string;
  keep: string;
  onConfirm: () => void;
}) {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger asChild>{props.trigger}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={overlay} />
        <AlertDialog.Content className={`${box} w-[92vw] max-w-md p-5`}>
          <AlertDialog.Title className="font-semibold">{props.title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-sm text-muted">
            {props.children}
          </AlertDialog.Description>
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>{props.keep}</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button look="danger" onClick={props.onConfirm}>
                {props.action}
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
