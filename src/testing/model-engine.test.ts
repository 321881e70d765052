// The oracle obeys the contract it is the oracle of, also behind the guard.
import { guardEngine } from "../storage/contract/index.ts";
import { loseWaiting } from "./model-engine.ts";
import { modelStore, openModelEngine, storageContract, type StorageSubject } from "./index.ts";

function modelSubject(name: string, guarded: boolean): StorageSubject {
  return {
    name,
    capabilities: { durable: true, replicas: false, multiProcess: false },
    open: async (options) => {
      const store = modelStore();
      const open = async () => {
        const engine = openModelEngine({ ...options, store });
        return guarded ? guardEngine(engine) : engine;
      };
      let engine = await open();
      const again = async () => {
        engine = await open();
        return engine;
      };
      return {
        engine,
        reopen: async () => {
          await engine.close();
          return again();
        },
        crash: () => {
          loseWaiting(store);
          return again();
        },
        dispose: () => engine.close(),
      };
    },
  };
}

storageContract(modelSubject("model", false));
storageContract(modelSubject("guarded model", true));
