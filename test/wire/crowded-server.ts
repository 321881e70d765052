/** A listener in a process of its own, which may be short of file descriptors. Tells its port. */
import { startHttp } from "./http-fixture.ts";

const { port } = await startHttp();
process.send?.({ port });
