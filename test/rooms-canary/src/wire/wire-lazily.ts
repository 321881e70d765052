// Imported past the door, dynamically, by a planted mistake.
export const lazily: string = "lazily";
