/** Every endpoint of the platform. Each area has a table of its own; a new one is added here. */
import { AUTH_ENDPOINTS } from "./auth-endpoints.ts";
import { CONVERSATION_ENDPOINTS } from "./conversation-endpoints.ts";
import { INVITES_ENDPOINTS } from "./invites-endpoints.ts";
import { MEMBER_ENDPOINTS } from "./member-endpoints.ts";
import { PEOPLE_ENDPOINTS } from "./people-endpoints.ts";
import { POSTS_ENDPOINTS } from "./posts-endpoints.ts";

/** Names are operation ids, and unique over the pair chat's as well. */
export const PLATFORM_ENDPOINTS = {
  ...AUTH_ENDPOINTS,
  ...PEOPLE_ENDPOINTS,
  ...POSTS_ENDPOINTS,
  ...INVITES_ENDPOINTS,
  ...CONVERSATION_ENDPOINTS,
  ...MEMBER_ENDPOINTS,
} as const;

export type PlatformEndpointName = keyof typeof PLATFORM_ENDPOINTS;
