/** A MessagePort as the line between an engine and its writer. Messages are handed over, not copied. */
import type { MessagePort } from "node:worker_threads";
import type { WritePort } from "../../storage/remote/index.ts";

export function messagePortLine(port: MessagePort): WritePort {
  return {
    post: (message) => {
      port.postMessage(message, [message.buffer]);
    },
    listen: ({ message, closed }) => {
      port.on("message", message);
      // Also when the other thread has ended, however that came.
      port.on("close", closed);
    },
    close: () => {
      port.close();
    },
  };
}
