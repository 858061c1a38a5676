export function diffToSchema(databaseUrl: string, olderFolder?: string): Promise<string>;
