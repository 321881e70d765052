/** ReturnValues of Put, Delete and Update as the images a write hands back. */
import { validationError } from "../api/index.ts";
import type { ReturnedImage } from "../mutations/index.ts";

export type ReturnValues = "NONE" | "ALL_OLD" | "UPDATED_OLD" | "ALL_NEW" | "UPDATED_NEW";

const images: Record<ReturnValues, ReturnedImage> = {
  NONE: "none",
  ALL_OLD: "allOld",
  ALL_NEW: "allNew",
  UPDATED_OLD: "updatedOld",
  UPDATED_NEW: "updatedNew",
};

export function updateImage(returnValues: ReturnValues | undefined): ReturnedImage {
  return images[returnValues ?? "NONE"];
}

/** PutItem and DeleteItem know the old item only. */
export function oldImage(returnValues: ReturnValues | undefined): ReturnedImage {
  if (returnValues === undefined || returnValues === "NONE") return "none";
  if (returnValues === "ALL_OLD") return "allOld";
  throw validationError("ReturnValues can only be ALL_OLD or NONE");
}
