/** What Cloudflare runs: the HTTP app, and the class of the objects behind it. */
import { app } from "./app.ts";

export { Conversation } from "../durable-objects/conversation.ts";
export default app;
