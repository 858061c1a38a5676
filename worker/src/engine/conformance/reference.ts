export function describeReference(): void {}
