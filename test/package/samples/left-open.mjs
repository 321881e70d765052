// A Stator that nobody closes must not keep the process alive.
import { open } from "stator";

await open();
console.log("left open");
