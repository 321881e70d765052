// `npm run fix`: formats, and applies the lint fixes that cannot change behaviour.
import { finish, runSteps } from "./steps.ts";

finish(
  await runSteps([
    { name: "lint fixes", command: ["oxlint", "--fix"], limitSeconds: 60 },
    { name: "format", command: ["oxfmt", "--write"], limitSeconds: 60 },
  ]),
);
