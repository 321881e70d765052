// Planted mistakes that only a type-aware linter can see. scripts/check-lint.ts fails when they are NOT
// reported, because a type-aware mode that silently does nothing looks exactly like clean code.

async function save(): Promise<void> {
  await Promise.resolve();
}

export function forgetsToWait(): void {
  save();
}

export function misusesPromise(names: readonly string[]): void {
  names.forEach(async () => {
    await save();
  });
}
