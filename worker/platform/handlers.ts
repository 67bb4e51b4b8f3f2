/** One handler per row of protocol/platform/endpoints.ts. */
import type { PlatformEndpointName } from "../../protocol/platform/endpoints.ts";
import type { AppHandler } from "../context.ts";
import { accountSocket, socketTicket } from "./account-socket.ts";
import { changePassword, changeSettings, deleteAccount, me } from "./account.ts";
import { refreshTokens, signIn, signOut, signUp } from "./auth.ts";
import { block, blocks, unblock } from "./blocks.ts";
import { conversations } from "./conversation-list.ts";
import { changeConversation, conversation, createConversation } from "./conversations.ts";
import { resendVerification, verifyEmail } from "./email-verification.ts";
import { follow, followers, following, unfollow } from "./follows.ts";
import { friends, removeFriend } from "./friends.ts";
import { acceptInvite, cancelInvite, rejectInvite } from "./invite-answers.ts";
import { invites, sendInvite } from "./invites.ts";
import { createLink, joinByLink, links, revokeLink } from "./links.ts";
import { addMembers, changeMember, members, removeMember } from "./members.ts";
import {
  conversationMessages,
  deleteMessage,
  editMessage,
  markRead,
  react,
  sendMessage,
  typing,
  unreact,
} from "./messages.ts";
import { profile, searchPeople } from "./people.ts";
import { deletePost, feed, posts, writePost } from "./posts.ts";
import { createRoom, joinRoom, leaveRoom, present, rooms } from "./rooms.ts";
import { endSession, sessions } from "./sessions.ts";

export const PLATFORM_HANDLERS = {
  signUp,
  signIn,
  refreshTokens,
  signOut,
  me,
  changePassword,
  verifyEmail,
  resendVerification,
  sessions,
  endSession,
  deleteAccount,
  changeSettings,
  searchPeople,
  profile,
  follow,
  unfollow,
  followers,
  following,
  block,
  unblock,
  blocks,
  friends,
  removeFriend,
  writePost,
  deletePost,
  posts,
  feed,
  sendInvite,
  invites,
  acceptInvite,
  rejectInvite,
  cancelInvite,
  createConversation,
  conversations,
  conversation,
  changeConversation,
  conversationMessages,
  sendMessage,
  editMessage,
  deleteMessage,
  react,
  unreact,
  markRead,
  typing,
  socketTicket,
  accountSocket,
  members,
  addMembers,
  changeMember,
  removeMember,
  links,
  createLink,
  revokeLink,
  joinByLink,
  createRoom,
  rooms,
  joinRoom,
  leaveRoom,
  present,
} satisfies Record<PlatformEndpointName, AppHandler>;
