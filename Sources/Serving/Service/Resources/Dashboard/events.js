import { request } from "./api.js";

const heartbeat = 15_000;
const longestPause = 30_000;

/**
 * Listens to the server's events for as long as the page lives, and connects again whenever the connection is lost.
 *
 * Reads the stream through `fetch`, since `EventSource` cannot send a key.
 *
 * @param handlers by name of event: `{ ratings: (data) => … }`
 * @param onState told `"live"` or `"lost"`, and for how many seconds before the next attempt
 */
export async function listen(path, handlers, onState) {
  for (let attempts = 0; ; attempts += 1) {
    let least = 0;
    try {
      for await (const message of messages(path, () => { attempts = 0; onState("live"); })) {
        // Sent with `dropped`, before the server ends the stream.
        least = message.retry ?? 0;
        handlers[message.event]?.(JSON.parse(message.data));
      }
    } catch (error) {
      // Any end of the stream is the same to the page: it connects again.
    }
    const pause = Math.max(least, Math.min(longestPause, 1_000 * 2 ** attempts));
    onState("lost", pause / 1_000);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** The messages of one connection, until it ends or two heartbeats are missed. */
async function* messages(path, onOpen) {
  const connection = new AbortController();
  const response = await request(path, { headers: { Accept: "text/event-stream" }, signal: connection.signal });
  onOpen();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const silence = setTimeout(() => connection.abort(), 3 * heartbeat);
    const { value, done } = await reader.read();
    clearTimeout(silence);
    if (done) return;
    const blocks = (text + value).replaceAll("\r\n", "\n").split("\n\n");
    text = blocks.pop();
    yield* blocks.map(parse).filter((message) => message.data !== "");
  }
}

/** One message of the event stream: lines of `field: value`, where a line that begins with a colon is a comment. */
function parse(block) {
  const message = { event: "message", data: "" };
  for (const line of block.split("\n")) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === "event") message.event = value;
    if (field === "retry") message.retry = Number(value);
    if (field === "data") message.data += message.data ? `\n${value}` : value;
  }
  return message;
}
