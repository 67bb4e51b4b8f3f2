"use client";
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import type { Conversation, ConversationView } from "../../client/types.ts";
import { dayOf } from "../strings/time.ts";
import { indexOfSeq } from "../text/transcript.ts";
import { useOlderPages, type OlderPages } from "./use-older-pages.ts";
import { useReadMarks } from "./use-read-marks.ts";

/** Pixels from the end that still count as being there. */
const AT_END = 48;
/** Pixels of the message before that stay in sight above the first new one. */
const CONTEXT = 72;
/** The first rows are measured and the list finds its place before older pages may move it. */
const SETTLE_MS = 300;
/** How many pages a jump to a quoted message may load. */
const JUMP_PAGES = 40;
const HIGHLIGHT_MS = 1_600;

interface MessageScroll {
  list: RefObject<VirtualizerHandle | null>;
  scroller: RefObject<HTMLDivElement | null>;
  /** Everything inside the scroller. */
  content: RefObject<HTMLDivElement | null>;
  /** Whether the newest message is in sight. New ones then push the list up; otherwise it stays where it is. */
  atEnd: boolean;
  /** Midnight of the day at the upper edge. */
  topDay: number | undefined;
  /** Key of the message one has jumped to. */
  highlighted: string | undefined;
  older: OlderPages;
  onScroll: () => void;
  toEnd: () => void;
  jumpTo: (seq: number) => Promise<void>;
}

/**
 * Where the list of messages stands, and what follows from it: what counts as read, when older pages are loaded.
 *
 * @param startAt - index of the row to open at; undefined for the end
 */
export function useMessageScroll(
  conversation: Conversation,
  view: ConversationView,
  startAt: number | undefined,
): MessageScroll {
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const opened = useRef(false);
  const lastTop = useRef(0);
  const following = useRef(startAt === undefined);
  const [settled, setSettled] = useState(false);
  const [atEnd, setAtEnd] = useState(startAt === undefined);
  const [topDay, setTopDay] = useState<number>();
  const [highlighted, setHighlighted] = useState<string>();
  const older = useOlderPages(conversation, view, list, settled);
  const markRead = useReadMarks(conversation, view, list);
  const { messages } = view;

  const toEnd = useCallback(() => {
    following.current = true;
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, []);

  function onScroll() {
    const handle = list.current;
    if (handle === null || !settled) return;
    // The list's own numbers: the element's would make the browser lay out the new rows at once, in every frame.
    const { scrollOffset, scrollSize, viewportSize } = handle;
    if (scrollSize - scrollOffset - viewportSize < AT_END) following.current = true;
    // Rows that turn out higher than estimated move the end away; only a person moves the list up.
    else if (scrollOffset < lastTop.current) following.current = false;
    lastTop.current = scrollOffset;
    setAtEnd(following.current);
    const top = messages[handle.findItemIndex(scrollOffset)];
    if (top !== undefined) setTopDay(dayOf(top.at));
    older.loadIfNear();
    markRead();
  }

  useLayoutEffect(() => {
    if (opened.current || messages.length === 0) return;
    opened.current = true;
    if (startAt === undefined) toEnd();
    else list.current?.scrollToIndex(startAt, { align: "start", offset: -CONTEXT });
  }, [messages.length, startAt, toEnd]);

  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), SETTLE_MS);
    return () => clearTimeout(timer);
  }, []);

  // New messages, rows just measured, a composer that grew: whatever moves the end, a list that follows goes along.
  useEffect(() => {
    if (content.current === null || scroller.current === null) return;
    const observer = new ResizeObserver(() => {
      if (following.current) toEnd();
    });
    observer.observe(content.current);
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [toEnd]);

  useEffect(() => {
    if (highlighted === undefined) return;
    const timer = setTimeout(() => setHighlighted(undefined), HIGHLIGHT_MS);
    return () => clearTimeout(timer);
  }, [highlighted]);

  async function jumpTo(seq: number) {
    for (let page = 0; page < JUMP_PAGES && conversation.getView().hasOlder; page += 1) {
      if (indexOfSeq(conversation.getView().messages, seq) !== -1) break;
      await older.load();
    }
    const { messages: loaded } = conversation.getView();
    const index = indexOfSeq(loaded, seq);
    if (index === -1) return;
    following.current = false;
    list.current?.scrollToIndex(index, { align: "center" });
    setHighlighted(loaded[index]?.key);
  }

  return { list, scroller, content, atEnd, topDay, highlighted, older, onScroll, toEnd, jumpTo };
}
