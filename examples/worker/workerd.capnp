using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    # The only place that the Worker can reach.
    (name = "sums", external = (address = "127.0.0.1:8900", http = ())),
    (name = "state", disk = (path = "state", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "worker")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "dist/worker.js"),
    (name = "inkan_bg.wasm", wasm = embed "dist/inkan_bg.wasm"),
  ],
  compatibilityDate = "2026-01-01",
  bindings = [
    (name = "SERVER", text = "https://sums.example.com/mcp"),
    (name = "SERVER_URL", text = "http://127.0.0.1:8900/mcp"),
    (name = "INKAN_STATE", durableObjectNamespace = "StateDurableObject"),
  ],
  globalOutbound = "sums",
  durableObjectNamespaces = [(className = "StateDurableObject", uniqueKey = "inkan-state", enableSql = true)],
  durableObjectStorage = (localDisk = "state"),
);
