/** The HTTP API, one function per endpoint (protocol/endpoints.ts). Each throws ApiError. */
import {
  Answer,
  ChatData,
  Done,
  HealthAnswer,
  HistoryData,
  LoginData,
  MessageSendData,
  RegisterData,
} from "../protocol/http.ts";
import { newId } from "./ids.ts";
import { query } from "./query.ts";
import type { Transport } from "./transport.ts";

const RegisterAnswer = Answer(RegisterData);
const ChatAnswer = Answer(ChatData);
const LoginAnswer = Answer(LoginData);
const MessageSendAnswer = Answer(MessageSendData);
const HistoryAnswer = Answer(HistoryData);

export interface OutgoingMessage {
  hash: string;
  /** Who I am signed in as. */
  sender: string;
  /** The other person. */
  receiver: string;
  message: string;
  /** Chosen here when left out. Give the same one again after a failure: the message is stored once. */
  id?: string;
  replyTo?: number;
}

export interface Api {
  /** Makes a chat for two names. */
  register(names: { userOne: string; userTwo: string }): Promise<RegisterData>;
  /** Who a chat is between, and who I am in it. */
  chat(hash: string): Promise<ChatData>;
  /** Signs in to a chat by name. */
  login(who: { hash: string; userName: string }): Promise<LoginData>;
  /** Sends a message without a socket; resolves once it is stored. */
  sendMessage(message: OutgoingMessage): Promise<MessageSendData>;
  /**
   * A page of messages, newest first.
   *
   * @param page - `before`: the `nextCursor` of the page above it; `limit`: 1–100, default 50
   */
  history(hash: string, page?: { before?: string; limit?: number }): Promise<HistoryData>;
  /** Signs out of one chat, or of all. Messages not yet sent there are dropped. */
  logout(options?: { hash?: string }): Promise<void>;
  /** Ends a chat for both people and deletes its messages everywhere. */
  endChat(hash: string): Promise<void>;
  /** Whether the server serves, and what it reaches. */
  health(): Promise<HealthAnswer>;
}

export function createApi(transport: Transport): Api {
  return {
    async register(names) {
      return (await transport.call("POST", "/register/submit", RegisterAnswer, names)).data;
    },
    async chat(hash) {
      return (await transport.call("GET", `/user/${encodeURIComponent(hash)}`, ChatAnswer)).data;
    },
    async login(who) {
      const path = `/user/${encodeURIComponent(who.userName)}/login`;
      return (await transport.call("POST", path, LoginAnswer, who)).data;
    },
    async sendMessage({ hash, receiver, id = newId(), ...message }) {
      // `reciever` is how the API's first documents spell it.
      const body = { ...message, userHash: hash, reciever: receiver, timestamp: Date.now(), id };
      const path = `/user/${encodeURIComponent(hash)}/message_send`;
      return (await transport.call("POST", path, MessageSendAnswer, body)).data;
    },
    async history(hash, { before, limit } = {}) {
      const path = `/user/${encodeURIComponent(hash)}/messages${query({ before, limit })}`;
      return (await transport.call("GET", path, HistoryAnswer)).data;
    },
    async logout({ hash } = {}) {
      await transport.call("POST", `/user/logout${query({ hash })}`, Done);
    },
    async endChat(hash) {
      await transport.call("POST", `/user/endchat${query({ hash })}`, Done);
    },
    async health() {
      return transport.call("GET", "/health", HealthAnswer);
    },
  };
}
