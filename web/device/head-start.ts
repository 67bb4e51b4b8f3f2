/**
 * The chat page's head start: while its scripts are still on their way, a line in the page itself asks for what they will
 * want first. The SDK then takes over what it finds under way. See SPEC.md, WEB-5.
 */
import type { WebSocketLike } from "../../client/transport.ts";
import { PROTOCOL_VERSION } from "../../protocol/frames.ts";
import { RECENT_KEY } from "./recent-chats.ts";
import { BASE_PATH } from "./routes.ts";

/** A socket that has said `hello`. */
interface OpenedSocket {
  socket: WebSocket;
  /** What it has received. */
  heard: string[];
  /** Ends the listening to it. */
  listening: AbortController;
}

interface HeadStart {
  /** Address of what was asked for. */
  url: string;
  answer: Promise<Response>;
  opened?: OpenedSocket;
}

declare global {
  var duetHeadStart: HeadStart | undefined;
}

/**
 * Runs inline, at the top of the page (web/scripts/finish-pages.ts). Who was signed in when they were last here gets the
 * newest messages and a socket, and everybody else learns who the chat is between. It takes itself out of the page,
 * because React would look for what it rendered there.
 */
export const HEAD_START_SCRIPT = `document.currentScript.remove();
try{
const hash=location.pathname.split("/")[4],chat=location.origin+"${BASE_PATH}/user/"+hash;
const ask=(url)=>{
const answer=fetch(url,{signal:AbortSignal.timeout(15e3)});
answer.catch(()=>{});
return globalThis.duetHeadStart={url,answer}
};
if(JSON.parse(localStorage.getItem("${RECENT_KEY}"))?.some((known)=>known.hash===hash&&known.signedIn)){
const start=ask(chat+"/messages"),heard=[],listening=new AbortController();
const socket=new WebSocket(chat.replace("http","ws")+"/ws");
socket.addEventListener("open",()=>socket.send(JSON.stringify({type:"hello",v:${PROTOCOL_VERSION}})),{once:true});
socket.addEventListener("message",(event)=>heard.push(event.data),{signal:listening.signal});
start.opened={socket,heard,listening}
}else if(hash)ask(chat)
}catch{}`.replaceAll("\n", "");

/** As `fetch`, but what the page wants first may be on its way already. */
export function fetchAhead(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const start = globalThis.duetHeadStart;
  if (start === undefined || input !== start.url || isTaken.has(start.answer)) return fetch(input, init);
  isTaken.add(start.answer);
  return start.answer;
}

/** As `new WebSocket`, but the first one may be open already. */
export function openAhead(url: string): WebSocketLike {
  const opened = globalThis.duetHeadStart?.opened;
  if (opened === undefined || isTaken.has(opened) || opened.socket.url !== url) return new WebSocket(url);
  isTaken.add(opened);
  return opened.socket.readyState <= WebSocket.OPEN ? takeOver(opened) : new WebSocket(url);
}

/** Each is for one use: a second attempt needs a fresh one. */
const isTaken = new Set<unknown>();

/** The socket with its past: it opens, and says what it heard, as soon as somebody listens. */
function takeOver({ socket, heard, listening }: OpenedSocket): WebSocketLike {
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
