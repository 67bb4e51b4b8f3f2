/** Who may do what in a conversation. The one place that says so: the object asks it, docs and tests read it. */

export const CONVERSATION_KINDS = ["direct", "group", "room"] as const;
export type ConversationKind = (typeof CONVERSATION_KINDS)[number];

/** Reads a kind that we wrote ourselves. */
export function toKind(text: string): ConversationKind {
  return CONVERSATION_KINDS.find((kind) => kind === text) ?? "direct";
}

export const ROLES = ["owner", "admin", "member"] as const;
export type Role = (typeof ROLES)[number];

const ANYBODY = ROLES;
const NOBODY: readonly Role[] = [];
const LEADERS: readonly Role[] = ["owner", "admin"];
const OWNER: readonly Role[] = ["owner"];

/** By action and kind of conversation, the roles that may. In a direct conversation both people are members. */
export const PERMISSIONS = {
  /** Messages and what belongs to them: reading, reactions, marks; changing one's own. */
  talk: { direct: ANYBODY, group: ANYBODY, room: ANYBODY },
  leave: { direct: NOBODY, group: ANYBODY, room: ANYBODY },
  rename: { direct: NOBODY, group: LEADERS, room: LEADERS },
  /** Adding friends of one's own. */
  add: { direct: NOBODY, group: LEADERS, room: LEADERS },
  /** Making, listing and revoking links to join by. */
  link: { direct: NOBODY, group: LEADERS, room: LEADERS },
  /** Removing somebody, by what they are. */
  removeMember: { direct: NOBODY, group: LEADERS, room: LEADERS },
  removeAdmin: { direct: NOBODY, group: OWNER, room: OWNER },
  removeOwner: { direct: NOBODY, group: NOBODY, room: NOBODY },
  /** Making somebody an admin, or a member again. */
  appoint: { direct: NOBODY, group: OWNER, room: OWNER },
  /** Making somebody else the owner. */
  handOver: { direct: NOBODY, group: OWNER, room: OWNER },
} as const satisfies Record<string, Record<ConversationKind, readonly Role[]>>;

export type Action = keyof typeof PERMISSIONS;

export function isAllowed(action: Action, kind: ConversationKind, role: Role): boolean {
  const roles: readonly Role[] = PERMISSIONS[action][kind];
  return roles.includes(role);
}
