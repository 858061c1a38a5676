export function diffToSchema(databaseUrl: string, olderSchema?: string): Promise<string>;
