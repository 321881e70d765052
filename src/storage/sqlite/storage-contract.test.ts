// The SQLite engine obeys the storage contract, in memory and in files (wrapped: test/storage/).
import { folderSubject, passingSubject, storageContract } from "../../testing/index.ts";

storageContract(passingSubject("memory"));
storageContract(passingSubject("temporary"));
storageContract(folderSubject("plain"));
