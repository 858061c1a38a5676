"use client";

import { useMutation } from "urql";
import { toApiError } from "@/api/errors";
import { Select } from "@/ui/field";
import { roleLabels, roles } from "../labels";
import { type AccountOfTable, setRole } from "./queries";

/** Shows an account's role and changes it as soon as another one is chosen. */
export function RoleSelect({ account }: { account: AccountOfTable }) {
  const [{ fetching, error }, change] = useMutation(setRole);
  return (
    <>
      <Select
        aria-label={`Role of ${account.email}`}
        className="w-40"
        disabled={fetching}
        value={account.role}
        onChange={({ target }) => {
          const role = roles.find((each) => each === target.value);
          if (role) void change({ userId: account.id, role });
        }}
      >
        {roles.map((role) => (
          <option key={role} value={role}>
            {roleLabels[role]}
          </option>
        ))}
      </Select>
      {error && (
        <p role="alert" className="mt-1 text-xs font-medium text-bad">
          {toApiError(error).message}
        </p>
      )}
    </>
  );
}
