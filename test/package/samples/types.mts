// Types as an ECMAScript importer sees them.
import { open } from "stator";

const stator = await open();
const config: object = stator.clientConfig();
await stator.close();
export { config };
