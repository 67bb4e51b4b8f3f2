"use client";
import { useCallback, useEffect, useState } from "react";
import { parseOperations, type Operation } from "../components/docs/openapi.ts";
import { BASE_PATH } from "../device/routes.ts";

/** Every operation of this server's API: undefined while it loads, null when that failed. */
export function useOperations(): [Operation[] | undefined | null, () => void] {
  const [operations, setOperations] = useState<Operation[] | null>();

  const load = useCallback(() => void fetchOperations().then(setOperations), []);
  useEffect(() => {
    void fetchOperations().then(setOperations);
  }, []);

  return [operations, load];
}

async function fetchOperations(): Promise<Operation[] | null> {
  try {
    const answer = await fetch(`${BASE_PATH}/openapi.json`);
    return parseOperations(await answer.json());
  } catch {
    return null;
  }
}
