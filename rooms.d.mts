// Types for rooms.mjs, which the scripts and test/tidy.test.ts read.

export declare const rooms: Readonly<Record<string, readonly string[]>>;
export declare const testingRooms: readonly string[];
export declare const packageRooms: Readonly<Record<string, readonly string[]>>;
