# One image for every role: docker-compose.yml says which. CPU only: package.json leaves the GPU binaries out.
FROM node:22-bookworm-slim AS packages
WORKDIR /hygge
COPY package.json package-lock.json ./
# What the lock file puts in the place of GPU binaries.
COPY models/none models/none
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force

FROM node:22-bookworm-slim
# tini reaps what the model process leaves and hands signals on.
RUN apt-get update \
    && apt-get install -y --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /hygge
ENV NODE_ENV=production HYGGE_DATA_DIR=/data HYGGE_HEALTH_PORT=3001
# tsx keeps what it has compiled in TMPDIR; the folder belongs to the one who runs.
RUN install -d -o node -g node /data
COPY --from=packages /hygge/node_modules node_modules
COPY package.json LICENSE ./
COPY models models
COPY brands brands
COPY bin bin
COPY bots bots
COPY queue queue
COPY src src
USER node
VOLUME /data
EXPOSE 3000
ENTRYPOINT ["tini", "--", "node", "bin/hygge.js"]
CMD ["start"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3001/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
