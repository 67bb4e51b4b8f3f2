/** Every endpoint of the pair chat in one table; those of the platform are in platform/endpoints.ts. */
import { BODY_ERRORS, type Endpoint, LIMIT_ERRORS, NAME_ERRORS } from "./endpoint.ts";
import {
  Answer,
  ChatData,
  ChatQuery,
  Done,
  HealthAnswer,
  HistoryData,
  HistoryQuery,
  LoginBody,
  LoginData,
  MessageSendBody,
  MessageSendData,
  RegisterBody,
  RegisterData,
} from "./http.ts";
import { API_V1 } from "./limits.ts";

export type { Endpoint } from "./endpoint.ts";

const EXAMPLE_HASH = "3kT9vQx7LmZp2RfYc8WbNd";
const EXAMPLE_TIME = 1_763_632_800_000;
const SESSION_ERRORS = ["NOT_SIGNED_IN", "CHAT_ENDED"] as const;

export const ENDPOINTS = {
  register: {
    methods: ["POST"],
    path: "/register/submit",
    aliases: ["/register"],
    rootAliases: ["/demo/chatapp/register", "/demo/chat/register"],
    visibility: "public",
    signedIn: false,
    summary: "Make a chat for two names",
    description: "Answers with the link to share. Whoever has the link can be either of the two.",
    body: { schema: RegisterBody, example: { userOne: "Abhi", userTwo: "Anny" } },
    answer: {
      schema: Answer(RegisterData),
      example: {
        status: "success",
        code: 200,
        data: {
          userOne: "Abhi",
          userTwo: "Anny",
          hash: EXAMPLE_HASH,
          link: `https://duet.example/demo/chat/user/${EXAMPLE_HASH}`,
        },
      },
    },
    errors: [...BODY_ERRORS, ...NAME_ERRORS, "NAMES_EQUAL", "ORIGIN_FORBIDDEN", ...LIMIT_ERRORS],
  },
  login: {
    methods: ["POST"],
    path: "/user/:username/login",
    visibility: "internal",
    signedIn: false,
    summary: "Say who you are in a chat",
    description: "Sets an HttpOnly session cookie for this chat. An unknown name and an unknown hash answer alike.",
    body: { schema: LoginBody, example: { userName: "Abhi", hash: EXAMPLE_HASH } },
    answer: {
      schema: Answer(LoginData),
      example: {
        status: "OK",
        code: 200,
        data: { hash: EXAMPLE_HASH, userName: "Abhi", peer: "Anny", expiresAt: EXAMPLE_TIME },
      },
    },
    errors: [
      ...BODY_ERRORS,
      ...NAME_ERRORS,
      "NAME_MISMATCH",
      "LOGIN_FAILED",
      "CHAT_ENDED",
      "ORIGIN_FORBIDDEN",
      ...LIMIT_ERRORS,
    ],
  },
  // Before `chat`, whose pattern would match their paths too.
  logout: {
    methods: ["GET", "POST"],
    path: "/user/logout",
    visibility: "internal",
    signedIn: false,
    summary: "Sign this browser out",
    description: "Ends all of this browser's pair chat sessions, or with `?hash=` only that chat's.",
    query: ChatQuery,
    answer: { schema: Done, example: { status: "OK", code: 200 } },
    errors: ["CROSS_SITE", "ORIGIN_FORBIDDEN"],
  },
  endchat: {
    methods: ["GET", "POST"],
    path: "/user/endchat",
    visibility: "internal",
    signedIn: "chat",
    summary: "End a chat for both people and delete its messages",
    description: "`?hash=` is needed only when this browser is in several chats.",
    query: ChatQuery,
    answer: { schema: Done, example: { status: "OK", code: 200 } },
    errors: ["CROSS_SITE", "ORIGIN_FORBIDDEN", "CHAT_AMBIGUOUS", ...SESSION_ERRORS],
  },
  chat: {
    methods: ["GET"],
    path: "/user/:hash",
    visibility: "public",
    signedIn: false,
    summary: "Who a chat is between, and who you are in it",
    description: "Changes nothing, so link-preview bots may follow a link.",
    answer: {
      schema: Answer(ChatData),
      example: {
        status: "OK",
        code: 200,
        data: { hash: EXAMPLE_HASH, users: ["Abhi", "Anny"], self: null, ended: false },
      },
    },
    errors: ["CHAT_UNKNOWN", "CHAT_ENDED"],
  },
  messageSend: {
    methods: ["POST"],
    path: "/user/:hash/message_send",
    visibility: "internal",
    signedIn: "chat",
    summary: "Send a message",
    description:
      "Answers once the message is stored. Send the same `id` again after a lost answer: it is stored once. " +
      "`receiver` may stand for `reciever`, `senderName` for `sender`.",
    body: {
      schema: MessageSendBody,
      example: {
        userHash: EXAMPLE_HASH,
        sender: "Abhi",
        reciever: "Anny",
        message: "Hello",
        timestamp: "2025-07-08T20:00:00",
        id: "m-1",
      },
    },
    answer: {
      schema: Answer(MessageSendData),
      example: { status: "OK", code: 200, data: { id: "m-1", seq: 1, at: EXAMPLE_TIME, delivered: true } },
    },
    errors: [
      ...BODY_ERRORS,
      ...NAME_ERRORS,
      "HASH_MISMATCH",
      "SENDER_NOT_YOU",
      "RECEIVER_NOT_PEER",
      "MESSAGE_EMPTY",
      "MESSAGE_TOO_LONG",
      "MESSAGE_CHARACTERS",
      "MESSAGE_ID_INVALID",
      "MESSAGE_UNKNOWN",
      "TIMESTAMP_INVALID",
      "ID_CONFLICT",
      "TOO_FAST",
      "OUTBOX_FULL",
      "ORIGIN_FORBIDDEN",
      ...SESSION_ERRORS,
    ],
  },
  messages: {
    methods: ["GET"],
    path: "/user/:hash/messages",
    visibility: "internal",
    signedIn: "chat",
    summary: "Read a page of messages, newest first",
    query: HistoryQuery,
    answer: {
      schema: Answer(HistoryData),
      example: {
        status: "OK",
        code: 200,
        data: {
          messages: [{ seq: 1, id: "m-1", sender: "Abhi", body: "Hello", at: EXAMPLE_TIME, reactions: { Anny: "👋" } }],
          nextCursor: null,
          epoch: "b3Zk",
          head: 2,
        },
      },
    },
    errors: ["CURSOR_INVALID", "PAGE_LIMIT_INVALID", "TOO_FAST", "UNAVAILABLE", ...SESSION_ERRORS],
  },
  socket: {
    methods: ["GET"],
    path: "/user/:hash/ws",
    visibility: "internal",
    signedIn: "chat",
    summary: "Open the chat's WebSocket",
    description: "Upgrades to the socket protocol, version 1 (SPEC.md). Browsers must come from an allowed origin.",
    errors: ["ORIGIN_FORBIDDEN", "UPGRADE_REQUIRED", "TOO_MANY_SOCKETS", ...SESSION_ERRORS],
  },
  health: {
    methods: ["GET"],
    path: "/health",
    // Where the first documents have it.
    aliases: [`${API_V1}/health`],
    visibility: "public",
    signedIn: false,
    summary: "Whether the Worker serves, and what it reaches",
    description: "Answers 200 with `degraded` while Postgres or Redis is away: live chats go on without them.",
    answer: { schema: HealthAnswer, example: { status: "OK", checks: { postgres: true, redis: true } } },
    errors: [],
  },
  metrics: {
    methods: ["GET"],
    path: "/metrics",
    visibility: "internal",
    signedIn: false,
    summary: "Figures of the deployment, for Prometheus",
    description: "Text format 0.0.4. Needs `Authorization: Bearer <METRICS_TOKEN>`; is not there without that setting.",
    errors: ["NOT_FOUND", "METRICS_TOKEN_WRONG", "UNAVAILABLE"],
  },
  openapi: {
    methods: ["GET"],
    path: "/openapi.json",
    visibility: "public",
    signedIn: false,
    summary: "This API as an OpenAPI 3.1 document",
    errors: [],
  },
  docs: {
    methods: ["GET"],
    path: "/docs",
    visibility: "public",
    signedIn: false,
    summary: "This API as a page to read and try",
    errors: [],
  },
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof ENDPOINTS;
