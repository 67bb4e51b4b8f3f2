/** Every endpoint of the platform. Each area has a table of its own; a new one is added here. */
import { AUTH_ENDPOINTS } from "./auth-endpoints.ts";

/** Names are operation ids, and unique over the pair chat's as well. */
export const PLATFORM_ENDPOINTS = { ...AUTH_ENDPOINTS } as const;

export type PlatformEndpointName = keyof typeof PLATFORM_ENDPOINTS;
