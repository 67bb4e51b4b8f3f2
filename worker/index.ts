/** What Cloudflare runs: the HTTP app, and the classes of the objects behind it. */
import { app } from "./app.ts";

export { Conversation } from "../durable-objects/conversation.ts";
export { Inbox } from "../durable-objects/inbox/inbox.ts";
export { Meter } from "../durable-objects/meter/meter.ts";
export default app;
