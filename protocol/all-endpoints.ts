/** Every endpoint of the Worker. Apart from the tables it is made of, so that a client takes along only one of them. */
import { ENDPOINTS } from "./endpoints.ts";
import { PLATFORM_ENDPOINTS } from "./platform/endpoints.ts";

export const ALL_ENDPOINTS = { ...ENDPOINTS, ...PLATFORM_ENDPOINTS } as const;
