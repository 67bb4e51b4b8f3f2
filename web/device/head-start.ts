/**
 * The chat page's head start: while its scripts are still on their way, a line in the page itself asks for the newest
 * messages and opens the socket. The SDK then takes over what it finds under way. See SPEC.md, WEB-5.
 */
import type { WebSocketLike } from "../../client/transport.ts";
import { PROTOCOL_VERSION } from "../../protocol/frames.ts";
import { RECENT_KEY } from "./recent-chats.ts";
import { BASE_PATH } from "./routes.ts";

interface HeadStart {
  /** Address of the chat in the API. */
  chat: string;
  page: Promise<Response>;
  socket: WebSocket;
  /** What the socket has received. */
  heard: string[];
  /** Ends the listening to it. */
  listening: AbortController;
}

declare global {
  var duetHeadStart: HeadStart | undefined;
}

/**
 * Runs inline, at the top of the page (web/scripts/finish-pages.ts), for who was signed in when they were last here. It
 * takes itself out of the page, because React would look for what it rendered there.
 */
export const HEAD_START_SCRIPT = `document.currentScript.remove();
try{
const hash=location.pathname.split("/")[4];
if(JSON.parse(localStorage.getItem("${RECENT_KEY}")).some((known)=>known.hash===hash&&known.signedIn)){
const chat=location.origin+"${BASE_PATH}/user/"+hash,heard=[],listening=new AbortController();
const page=fetch(chat+"/messages",{signal:AbortSignal.timeout(15e3)});
page.catch(()=>{});
const socket=new WebSocket(chat.replace("http","ws")+"/ws");
socket.addEventListener("open",()=>socket.send(JSON.stringify({type:"hello",v:${PROTOCOL_VERSION}})),{once:true});
socket.addEventListener("message",(event)=>heard.push(event.data),{signal:listening.signal});
globalThis.duetHeadStart={chat,page,socket,heard,listening}
}
}catch{}`.replaceAll("\n", "");

/** As `fetch`, but the first page of messages may be on its way already. */
export function fetchAhead(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const start = globalThis.duetHeadStart;
  if (input !== `${start?.chat}/messages` || start === undefined || isTaken.has(start.page)) return fetch(input, init);
  isTaken.add(start.page);
  return start.page;
}

/** As `new WebSocket`, but the first one may be open already. */
export function openAhead(url: string): WebSocketLike {
  const start = globalThis.duetHeadStart;
  if (start === undefined || isTaken.has(start.socket) || start.socket.url !== url) return new WebSocket(url);
  isTaken.add(start.socket);
  return start.socket.readyState <= WebSocket.OPEN ? takeOver(start) : new WebSocket(url);
}

/** Each is for one use: a second attempt needs a fresh one. */
const isTaken = new Set<unknown>();

/** The socket with its past: it opens, and says what it heard, as soon as somebody listens. */
function takeOver({ socket, heard, listening }: HeadStart): WebSocketLike {
  let hasGreeted = false;
  listening.abort();
  if (socket.readyState === WebSocket.OPEN) queueMicrotask(() => socket.dispatchEvent(new Event("open")));
  return {
    addEventListener: socket.addEventListener.bind(socket),
    close: () => socket.close(),
    send(data) {
      if (hasGreeted) return socket.send(data);
      // The first frame is `hello`, which the script has said: what follows is its answer.
      hasGreeted = true;
      for (const frame of heard) socket.dispatchEvent(new MessageEvent("message", { data: frame }));
    },
  };
}
