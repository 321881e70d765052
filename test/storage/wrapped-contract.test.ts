// The SQLite engine in files obeys the storage contract through what may stand around it, too.
import { folderSubject, splitSubject, storageContract } from "../../src/testing/index.ts";

storageContract(folderSubject("guarded"));
storageContract(folderSubject("faulty driver"));
storageContract(splitSubject());
