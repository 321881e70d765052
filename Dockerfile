# Stator in a container, in the place of amazon/dynamodb-local: same port, same uid, same folders, and the same command line.
# scripts/replay-dockerfile.ts replays these steps without a container engine; it knows only the instructions used here,
# and RUN lines must not use absolute paths.

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# The image has the right Node, so no package has to download one: no install scripts.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
# pg is an optional peer of the package; as a dependency it stays, in the version of the lock file.
RUN node scripts/build.ts \
  && npm pkg set "dependencies.pg=*" && npm pkg delete devDependencies.pg \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
WORKDIR /opt/stator
COPY package.json LICENSE ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
WORKDIR /home/dynamodblocal
RUN mkdir -p data && chown 1000:1000 . data
ENV NODE_ENV=production
# A container's loopback is of no use to anybody; what is reachable is decided by the published ports.
ENV STATOR_HOST=0.0.0.0
ENV STATOR_ALLOW_OPEN_NETWORK=true
# The user `node` of the base image, with the uid that dynamodb-local has: volumes of one fit the other.
USER 1000:1000
VOLUME ["/home/dynamodblocal/data"]
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/opt/stator/dist/cli/main.js"]
CMD ["-jar", "DynamoDBLocal.jar", "-inMemory"]
