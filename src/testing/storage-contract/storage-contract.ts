/**
 * The storage contract as tests: every engine, and every wrapper around one, has to pass them all. What an
 * engine cannot do it declares in its capabilities, and the suite then asks for the weaker behaviour.
 *
 * Behaviours are looked at on a fresh store and, where the store outlives its engine, again after opening it a
 * second time and after a crash: that is where life-cycle faults hide.
 */
import { describe } from "vitest";
import { describeCounters } from "./counters-contract.ts";
import { describeHolds } from "./holds-contract.ts";
import { describeKeyspaces } from "./keyspaces-contract.ts";
import { describeLeases } from "./leases-contract.ts";
import { describeLifecycle } from "./lifecycle-contract.ts";
import { describeLog } from "./log-contract.ts";
import { describeMutations } from "./mutations-contract.ts";
import { describeRanges } from "./ranges-contract.ts";
import { describeRecords } from "./records-contract.ts";
import { type StorageSubject, type StoreTrait, withStore } from "./subject.ts";

export function storageContract(subject: StorageSubject): void {
  const traits = subject.traits ?? (subject.capabilities.durable ? allTraits : allTraits.slice(0, 1));
  describe(`storage contract: ${subject.name}`, () => {
    describeLifecycle(subject);
    describe.each(traits)("%s", (trait) => {
      const withTrait = withStore(subject, trait);
      describe("records", () => {
        describeRecords(withTrait);
      });
      describe("ranges", () => {
        describeRanges(withTrait);
      });
      describe("mutations", () => {
        describeMutations(withTrait);
      });
      describe("counters", () => {
        describeCounters(withTrait);
      });
      describe("holds", () => {
        describeHolds(withTrait);
      });
      describe("log", () => {
        describeLog(withTrait);
      });
      describe("keyspaces", () => {
        describeKeyspaces(withTrait);
      });
      describe("leases", () => {
        describeLeases(withTrait);
      });
    });
  });
}

const allTraits: readonly StoreTrait[] = ["open", "reopened", "crashed"];
