// The SQLite engine obeys the storage contract: in memory, in files, and through what may stand around it.
import { folderSubject, passingSubject, storageContract } from "../../testing/index.ts";

storageContract(passingSubject("memory"));
storageContract(passingSubject("temporary"));
storageContract(folderSubject("plain"));
storageContract(folderSubject("guarded"));
storageContract(folderSubject("faulty driver"));
